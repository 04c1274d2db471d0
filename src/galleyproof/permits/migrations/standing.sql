-- Whether a permit is good now for a person: asked in the transaction that commits a chunk, by
-- roles that may read neither permits' holders nor groups nor denials. It is Python's
-- permits.standing, less what needs the job's definition. now() is the transaction's start.
CREATE FUNCTION governing.permit_is_good(permit_id bigint, person_id bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM governing.permit AS p
        WHERE p.id = permit_id
          AND p.revoked_at IS NULL AND p.suspended_at IS NULL AND NOT p.waits_for_role
          AND now() BETWEEN p.starts AND p.ends
          AND (p.person_id = permit_is_good.person_id
               OR EXISTS (SELECT 1 FROM governing.person_group_people AS m
                          WHERE m.group_id = p.group_id AND m.person_id = permit_is_good.person_id))
          AND NOT EXISTS (
              SELECT 1 FROM governing.denial AS d
              WHERE d.lifted_at IS NULL
                AND d.job IN ('', p.job) AND d.binding IN ('', p.binding)
                AND d.environment IN ('', p.environment)
                AND (d.person_id = permit_is_good.person_id
                     OR EXISTS (SELECT 1 FROM governing.person_group_people AS m
                                WHERE m.group_id = d.group_id
                                  AND m.person_id = permit_is_good.person_id))))
$$;

-- What was signed stays as it was signed: nobody widens a permit, however they reach the table.
CREATE FUNCTION governing.permit_stays_as_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'permit % stays as it was signed; issue another', OLD.id;
END $$;
CREATE TRIGGER permit_as_signed BEFORE UPDATE ON governing.permit
    FOR EACH ROW WHEN (
        (OLD.person_id, OLD.group_id, OLD.job, OLD.binding, OLD.environment, OLD.envelope,
         OLD.max_records, OLD.max_per_day, OLD.starts, OLD.ends, OLD.issued_by_id, OLD.issued_at,
         OLD.ticket, OLD.listed_in, OLD.grandfathered)
        IS DISTINCT FROM
        (NEW.person_id, NEW.group_id, NEW.job, NEW.binding, NEW.environment, NEW.envelope,
         NEW.max_records, NEW.max_per_day, NEW.starts, NEW.ends, NEW.issued_by_id, NEW.issued_at,
         NEW.ticket, NEW.listed_in, NEW.grandfathered)
        OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at))
    EXECUTE FUNCTION governing.permit_stays_as_signed();
