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
          AND EXISTS (SELECT 1 FROM governing.person AS a
                      WHERE a.id = permit_is_good.person_id AND a.is_active)
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

-- Whether an account may do anything at all: asked in the same transaction of runs without a permit.
CREATE FUNCTION governing.person_is_active(person_id bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM governing.person AS a
                   WHERE a.id = person_is_active.person_id AND a.is_active)
$$;
