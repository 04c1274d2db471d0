// Small things that pages do better with: the reader's time zone, milestones said aloud, choices
// that show their own part, words where the network is lost. Every page works without them.
"use strict";

(() => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) {
    document.cookie = `zone=${zone}; path=/; max-age=31536000; samesite=lax`;
  }

  // A radio with data-shows shows the part with that id and hides those of its neighbours.
  const show = () => {
    for (const radio of document.querySelectorAll("input[data-shows]")) {
      const part = document.getElementById(radio.dataset.shows);
      if (part) part.hidden = !radio.checked;
    }
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches("input[data-shows]")) show();
  });
  show();

  // A form that is on its way is not sent a second time; coming back to the page frees it again.
  // Its button keeps its size while it says that it waits: what stands beside it must not slide
  // under the second click of a double click.
  const free = (form) => {
    delete form.dataset.sent;
    const wait = form.querySelector("[data-said]");
    if (!wait) return;
    wait.textContent = wait.dataset.said;
    wait.style.minWidth = wait.style.minHeight = "";
    delete wait.dataset.said;
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent === "yes") {
      event.preventDefault();
      return;
    }
    if (form.method === "post" && !form.hasAttribute("hx-post")) {
      form.dataset.sent = "yes";
      setTimeout(() => free(form), 8000);
      const wait = form.querySelector("[data-wait]");
      if (!wait) return;
      const { width, height } = wait.getBoundingClientRect();
      wait.style.minWidth = `${width}px`;
      wait.style.minHeight = `${height}px`;
      wait.dataset.said = wait.textContent;
      wait.textContent = wait.dataset.wait;
    }
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) free(form);
  });

  // Progress is followed every second, but only milestones are said.
  let said = "";
  const say = () => {
    const progress = document.getElementById("progress");
    const live = document.getElementById("live");
    if (!progress || !live) return;
    const now = progress.dataset.milestone || "";
    if (now !== said) {
      said = now;
      live.textContent = now;
    }
  };
  document.addEventListener("htmx:afterSwap", say);

  // A lost connection is said once, and what was typed stays where it is.
  const lost = document.getElementById("lost");
  document.addEventListener("htmx:sendError", () => { if (lost) lost.hidden = false; });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (lost && event.detail.successful) lost.hidden = true;
  });
  // Refusals are shown where the answer was wanted.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const status = event.detail.xhr.status;
    if (status === 401 || status === 403 || status === 404 || status === 422) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
})();
