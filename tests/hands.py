"""Two ways to use a page, with the same words: a mouse, and the keyboard alone."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Error, Page

Name = str | re.Pattern[str]
MOST_TABS = 150
FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const labels = [...(e.labels || [])].map((one) => one.textContent).join(" ");
  const style = getComputedStyle(e), box = e.getBoundingClientRect();
  const kinds = {a: "link", button: "button", summary: "summary"};
  return {
    name: (e.getAttribute("aria-label") || labels || e.textContent).replace(/\\s+/g, " ").trim(),
    kind: kinds[e.localName] || e.type || e.localName,
    marked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
    seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    value: e.localName === "select" ? e.selectedOptions[0].textContent : e.value,
    checked: e.checked,
  };
}"""


def fits(name: Name, said: str) -> bool:
    return name in said if isinstance(name, str) else name.search(said) is not None


class Mouse:
    def __init__(self, page: Page):
        self.page = page

    def press(self, name: Name, kind: str = "button") -> None:
        self.page.get_by_role(kind, name=name).first.click()

    def fill(self, label: Name, text: str) -> None:
        self.page.get_by_label(label).fill(text)

    def tick(self, label: Name, ticked: bool = True) -> None:
        self.page.get_by_role("checkbox", name=label).first.set_checked(ticked)


class Keyboard:
    """Tab, Shift+Tab, Enter, Space, arrows and letters; whatever has the focus must show it."""

    def __init__(self, page: Page):
        self.page = page
        self.keys = page.keyboard

    def tab_to(self, name: Name, kinds: tuple[str, ...] = (), back: bool = False) -> dict[str, Any]:
        """Goes on with Tab until what has the focus is called so."""
        for _ in range(MOST_TABS):
            self.keys.press("Shift+Tab" if back else "Tab")
            found = self.focused()
            if found is None:
                continue
            assert found["marked"], f"“{found['name'][:60]}” does not show that it has the focus"
            if fits(name, found["name"]) and (not kinds or found["kind"] in kinds):
                assert found["seen"], f"“{found['name'][:60]}” has the focus out of sight"
                return found
        raise AssertionError(f"“{name}” is not reached with {MOST_TABS} Tabs on {self.page.url}")

    def focused(self) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] | None = self.page.evaluate(FOCUSED)
        except Error:  # the page before has just given way to the next
            self.page.wait_for_load_state()
            return None
        return found

    def press(self, name: Name, kind: str = "button") -> None:
        kinds = ("button", "submit") if kind == "button" else (kind,)
        self.tab_to(name, kinds)
        self.keys.press("Space" if kind == "button" else "Enter")

    def wait_and_press(self, name: Name, kind: str = "button") -> None:
        """The same of what comes to the page by itself."""
        self.page.get_by_role(kind, name=name).first.wait_for()
        self.press(name, kind)

    def fill(self, label: Name, text: str) -> None:
        self.tab_to(label, ("text", "textarea", "email", "date"))
        self.keys.press("ControlOrMeta+a")
        self.keys.insert_text(text)

    def tick(self, label: Name, ticked: bool = True) -> None:
        found = self.tab_to(label, ("checkbox",))
        if found["checked"] is not ticked:
            self.keys.press("Space")

    def choose(self, group: Name, label: Name) -> None:
        """One of several radio buttons: Tab reaches the chosen one, the arrows the others."""
        self.tab_to(group, ("radio",))
        for _ in range(10):
            self.keys.press("ArrowDown")
            found = self.focused() or {"name": ""}
            if fits(label, found["name"]):
                assert found["checked"]
                assert found["marked"]
                return
        raise AssertionError(f"“{label}” is not reached with the arrows")

    def select(self, label: Name, option: str) -> None:
        self.tab_to(label, ("select-one",))
        for key in ("Home", *["ArrowDown"] * 60):
            self.keys.press(key)
            if (self.focused() or {}).get("value") == option:
                return
        raise AssertionError(f"“{option}” is not among what {label} offers")
