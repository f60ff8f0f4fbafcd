-- What applications and operators call. Every function validates, and raises an error with a
-- code of its own: SW001 unknown workflow, SW002 invalid input, SW003 too large, SW004
-- idempotency conflict, SW005 wrong state, SW006 not allowed, SW007 unknown run.

-- A new run id: UUIDv7, so ids sort by time. Everything is qualified, and no setting is pinned, so
-- that the planner puts the body in place of the call.
CREATE FUNCTION swell.new_run_id() RETURNS uuid
LANGUAGE sql VOLATILE PARALLEL SAFE
AS $$
  SELECT pg_catalog.encode(
    pg_catalog.set_bit(pg_catalog.set_bit(
      pg_catalog.overlay(pg_catalog.uuid_send(pg_catalog.gen_random_uuid()),
        pg_catalog.substring(pg_catalog.int8send(
          (pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()) OPERATOR(pg_catalog.*) 1000)::pg_catalog.int8), 3),
        1, 6),
      52, 1), 53, 1), 'hex')::pg_catalog.uuid
$$;

-- Raises SW002 or SW003 unless the payload is one that every part of Swell can carry.
-- PostgreSQL itself has refused what is not JSON, \u0000, and nesting beyond its stack.
CREATE FUNCTION swell.check_payload(payload jsonb, what text) RETURNS void
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  shown text;
BEGIN
  -- A small payload cannot break a limit: the cheapest check comes first.
  shown := payload::text;
  IF octet_length(shown) <= 1000 THEN
    RETURN;
  END IF;
  IF octet_length(shown) > 1048576 THEN
    RAISE EXCEPTION 'the % has % bytes of JSON, and 1048576 are allowed', what, octet_length(shown)
      USING ERRCODE = 'SW003',
        HINT = 'Store the data elsewhere and pass a reference to it.';
  END IF;
  IF shown ~ '([0-9]{250}){4}' AND EXISTS (
    SELECT FROM jsonb_path_query(payload, 'strict $.** ? (@.type() == "number")') AS n
    WHERE length(n::text) > 1000)
  THEN
    RAISE EXCEPTION 'the % has a number of more than 1000 digits', what
      USING ERRCODE = 'SW002',
        HINT = 'Write huge numbers as strings.';
  END IF;
  IF length(shown) - length(replace(replace(shown, '[', ''), '{', '')) > 500
    AND jsonb_path_exists(payload, 'strict $.**{500} ? (@.type() == "array" || @.type() == "object")')
  THEN
    RAISE EXCEPTION 'the % is nested more than 500 deep', what
      USING ERRCODE = 'SW002',
        HINT = 'Flatten the data.';
  END IF;
END
$$;

-- Schemas: the part of JSON Schema 2020-12 that docs/schemas.md names. SwellModel/Schemas is the same in Swift;
-- both look in the same order, say it in the same words, and are tested by the same table of cases.

-- A place in a value, as a JSON pointer, and what is wrong there.
CREATE FUNCTION swell.schema_words(path text, words text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT 'at ' || CASE WHEN path = '' OR left(path, 1) = ' ' THEN 'the top' || path ELSE path END || ': ' || words
$$;

-- A type as a sentence has it.
CREATE FUNCTION swell.schema_type_words(type text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT CASE type
    WHEN 'boolean' THEN 'true or false' WHEN 'object' THEN 'an object' WHEN 'array' THEN 'a list'
    WHEN 'number' THEN 'a number' WHEN 'string' THEN 'a string' WHEN 'integer' THEN 'a whole number'
    ELSE type END
$$;

-- Values to choose from, as far as a line has room.
CREATE FUNCTION swell.schema_shown(choices jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT CASE
    WHEN bool_or(jsonb_typeof(c.value) IN ('object', 'array')) THEN 'what the schema has'
    ELSE CASE WHEN count(*) > 1 THEN 'one of ' ELSE '' END
      || string_agg(CASE jsonb_typeof(c.value)
        WHEN 'string' THEN '"' || (c.value #>> '{}') || '"'
        WHEN 'number' THEN trim_scale((c.value #>> '{}')::numeric)::text
        ELSE c.value::text END, ', ' ORDER BY c.place) FILTER (WHERE c.place <= 20)
      || CASE WHEN count(*) > 20 THEN ', …' ELSE '' END
    END
  FROM jsonb_array_elements(choices) WITH ORDINALITY AS c(value, place)
$$;

-- Whether a text is of a format. Numbers are looked at only where there are digits.
CREATE FUNCTION swell.schema_format_fits(format text, value text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
  y integer;
  m integer;
BEGIN
  IF format = 'uuid' THEN
    RETURN value COLLATE "C" ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$';
  END IF;
  IF format IN ('date', 'date-time') THEN
    IF value COLLATE "C" !~ ('^[0-9]{4}-[0-9]{2}-[0-9]{2}' || (CASE format WHEN 'date' THEN '$' ELSE '[Tt]' END)) THEN
      RETURN false;
    END IF;
    y := left(value, 4)::integer;
    m := substr(value, 6, 2)::integer;
    IF m NOT BETWEEN 1 AND 12 OR substr(value, 9, 2)::integer NOT BETWEEN 1 AND
      (ARRAY[31, CASE WHEN y % 4 = 0 AND (y % 100 <> 0 OR y % 400 = 0) THEN 29 ELSE 28 END, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])[m]
    THEN
      RETURN false;
    END IF;
  END IF;
  IF format IN ('time', 'date-time') THEN
    RETURN (CASE format WHEN 'time' THEN value ELSE substr(value, 12) END) COLLATE "C"
      ~ '^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$';
  END IF;
  RETURN true;
END
$$;

-- What a look at a value by a schema found: why it does not fit, NULL when it does, and how many looks may follow. Below
-- zero when it cannot be told whether the value fits, which no keyword around it makes a fit or a misfit: -1 when that
-- takes more looks, -2 when the value is too deep.
CREATE TYPE swell.schema_look AS (looks integer, problem text);

-- Looks at the value v by the schema s, which stands in the schema root. It finds names as its caller does,
-- swell.schema_problem, which pins where they are: pinning them again for each part would double what it takes.
CREATE FUNCTION swell.schema_look_at(root jsonb, s jsonb, v jsonb, path text, depth integer, looks integer) RETURNS swell.schema_look
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
  kind text := jsonb_typeof(v);
  look swell.schema_look := (looks - 1, NULL);
  problem text;
  first text;
  content text;
  number numeric;
  counted integer;
  fitting integer;
  names text[];
  part record;
BEGIN
  IF depth > 100 THEN
    RETURN (-2, swell.schema_words(path, 'is nested too deep to be checked'));
  END IF;
  IF look.looks < 0 THEN
    RETURN (-1, swell.schema_words(path, 'takes too many steps to be checked by this schema'));
  END IF;
  IF jsonb_typeof(s) = 'boolean' THEN
    IF s = 'false' THEN look.problem := swell.schema_words(path, 'nothing may be here'); END IF;
    RETURN look;
  END IF;
  IF s ? '$ref' THEN
    look := swell.schema_look_at(root,
      CASE s ->> '$ref' WHEN '#' THEN root ELSE root -> '$defs' -> substr(s ->> '$ref', 9) END, v, path, depth + 1, look.looks);
    IF look.problem IS NOT NULL THEN RETURN look; END IF;
  END IF;
  IF s ? 'type' THEN
    names := CASE jsonb_typeof(s -> 'type')
      WHEN 'array' THEN ARRAY(SELECT t.name FROM jsonb_array_elements_text(s -> 'type') WITH ORDINALITY AS t(name, place) ORDER BY t.place)
      ELSE ARRAY[s ->> 'type'] END;
    IF NOT (CASE WHEN kind = ANY (names) THEN true
      WHEN kind = 'number' AND 'integer' = ANY (names) THEN mod((v #>> '{}')::numeric, 1) = 0
      ELSE false END)
    THEN
      names := ARRAY(SELECT swell.schema_type_words(t.name) FROM unnest(names) WITH ORDINALITY AS t(name, place) ORDER BY t.place);
      RETURN (look.looks, swell.schema_words(path, 'must be '
        || CASE cardinality(names) WHEN 1 THEN names[1]
          ELSE array_to_string(names[:cardinality(names) - 1], ', ') || ' or ' || names[cardinality(names)] END
        || ', and is ' || swell.schema_type_words(kind)));
    END IF;
  END IF;
  IF s ? 'const' AND s -> 'const' <> v THEN
    RETURN (look.looks, swell.schema_words(path, 'must be ' || swell.schema_shown(jsonb_build_array(s -> 'const'))));
  END IF;
  IF s ? 'enum' AND NOT EXISTS (SELECT FROM jsonb_array_elements(s -> 'enum') AS e(value) WHERE e.value = v) THEN
    RETURN (look.looks, swell.schema_words(path, 'must be ' || swell.schema_shown(s -> 'enum')));
  END IF;

  IF kind = 'number' THEN
    number := (v #>> '{}')::numeric;
    problem := CASE
      WHEN mod(number, (s ->> 'multipleOf')::numeric) <> 0 THEN 'must be a multiple of ' || trim_scale((s ->> 'multipleOf')::numeric)
      WHEN number < (s ->> 'minimum')::numeric THEN 'must be at least ' || trim_scale((s ->> 'minimum')::numeric)
      WHEN number > (s ->> 'maximum')::numeric THEN 'must be at most ' || trim_scale((s ->> 'maximum')::numeric)
      WHEN number <= (s ->> 'exclusiveMinimum')::numeric THEN 'must be more than ' || trim_scale((s ->> 'exclusiveMinimum')::numeric)
      WHEN number >= (s ->> 'exclusiveMaximum')::numeric THEN 'must be less than ' || trim_scale((s ->> 'exclusiveMaximum')::numeric)
      END;
    IF problem IS NOT NULL THEN RETURN (look.looks, swell.schema_words(path, problem)); END IF;

  ELSIF kind = 'string' THEN
    content := v #>> '{}';
    problem := CASE
      WHEN char_length(content) < (s ->> 'minLength')::integer
        THEN 'must have at least ' || (s ->> 'minLength') || ' characters, and has ' || char_length(content)
      WHEN char_length(content) > (s ->> 'maxLength')::integer
        THEN 'must have at most ' || (s ->> 'maxLength') || ' characters, and has ' || char_length(content)
      -- Classes such as \d are of ASCII, wherever the database stands.
      WHEN content COLLATE "C" !~ (s ->> 'pattern') THEN 'must match the pattern ' || (s ->> 'pattern')
      WHEN NOT swell.schema_format_fits(s ->> 'format', content) THEN 'must be ' || CASE s ->> 'format'
        WHEN 'date-time' THEN 'a time such as 2027-01-31T09:00:00Z'
        WHEN 'date' THEN 'a date such as 2027-01-31'
        WHEN 'time' THEN 'a time of day with its zone such as 09:00:00Z'
        ELSE 'a UUID' END
      END;
    IF problem IS NOT NULL THEN RETURN (look.looks, swell.schema_words(path, problem)); END IF;

  ELSIF kind = 'array' THEN
    counted := jsonb_array_length(v);
    problem := CASE
      WHEN counted < (s ->> 'minItems')::integer THEN 'must have at least ' || (s ->> 'minItems') || ' elements, and has ' || counted
      WHEN counted > (s ->> 'maxItems')::integer THEN 'must have at most ' || (s ->> 'maxItems') || ' elements, and has ' || counted
      END;
    IF problem IS NULL AND (s ->> 'uniqueItems')::boolean
      AND (SELECT count(DISTINCT e.value) FROM jsonb_array_elements(v) AS e(value)) < counted
    THEN
      problem := 'must not have equal elements';
    END IF;
    IF problem IS NOT NULL THEN RETURN (look.looks, swell.schema_words(path, problem)); END IF;
    IF s ? 'items' OR s ? 'prefixItems' THEN
      counted := COALESCE(jsonb_array_length(s -> 'prefixItems'), 0);
      FOR part IN
        SELECT e.value, e.place - 1 AS place,
          CASE WHEN e.place <= counted THEN s -> 'prefixItems' -> (e.place - 1)::integer ELSE s -> 'items' END AS schema
        FROM jsonb_array_elements(v) WITH ORDINALITY AS e(value, place)
      LOOP
        EXIT WHEN part.schema IS NULL;
        look := swell.schema_look_at(root, part.schema, part.value, path || '/' || part.place, depth + 1, look.looks);
        IF look.problem IS NOT NULL THEN RETURN look; END IF;
      END LOOP;
    END IF;

  ELSIF kind = 'object' THEN
    IF s ? 'minProperties' OR s ? 'maxProperties' THEN
      counted := (SELECT count(*) FROM jsonb_object_keys(v));
      problem := CASE
        WHEN counted < (s ->> 'minProperties')::integer THEN 'must have at least ' || (s ->> 'minProperties') || ' keys, and has ' || counted
        WHEN counted > (s ->> 'maxProperties')::integer THEN 'must have at most ' || (s ->> 'maxProperties') || ' keys, and has ' || counted
        END;
      IF problem IS NOT NULL THEN RETURN (look.looks, swell.schema_words(path, problem)); END IF;
    END IF;
    IF s ? 'required' THEN
      problem := (SELECT r.name FROM jsonb_array_elements_text(s -> 'required') WITH ORDINALITY AS r(name, place)
        WHERE NOT v ? r.name ORDER BY r.place LIMIT 1);
      IF problem IS NOT NULL THEN RETURN (look.looks, swell.schema_words(path, '''' || problem || ''' is missing')); END IF;
    END IF;
    IF s ? 'dependentRequired' THEN
      FOR part IN SELECT d.key, d.value FROM jsonb_each(s -> 'dependentRequired') AS d(key, value) LOOP
        CONTINUE WHEN NOT v ? part.key;
        problem := (SELECT r.name FROM jsonb_array_elements_text(part.value) WITH ORDINALITY AS r(name, place)
          WHERE NOT v ? r.name ORDER BY r.place LIMIT 1);
        IF problem IS NOT NULL THEN
          RETURN (look.looks, swell.schema_words(path, '''' || problem || ''' is missing, which goes with ''' || part.key || ''''));
        END IF;
      END LOOP;
    END IF;
    IF s ? 'propertyNames' THEN
      FOR part IN SELECT k.key FROM jsonb_object_keys(v) AS k(key) LOOP
        look := swell.schema_look_at(root, s -> 'propertyNames', to_jsonb(part.key),
          path || ' (its key ''' || part.key || ''')', depth + 1, look.looks);
        IF look.problem IS NOT NULL THEN RETURN look; END IF;
      END LOOP;
    END IF;
    IF s ? 'properties' THEN
      FOR part IN SELECT p.key, p.value FROM jsonb_each(s -> 'properties') AS p(key, value) LOOP
        CONTINUE WHEN NOT v ? part.key;
        look := swell.schema_look_at(root, part.value, v -> part.key,
          path || '/' || replace(replace(part.key, '~', '~0'), '/', '~1'), depth + 1, look.looks);
        IF look.problem IS NOT NULL THEN RETURN look; END IF;
      END LOOP;
    END IF;
    IF s ? 'additionalProperties' THEN
      FOR part IN SELECT m.key, m.value FROM jsonb_each(v) AS m(key, value) LOOP
        CONTINUE WHEN s -> 'properties' ? part.key;
        IF s -> 'additionalProperties' = 'false' THEN
          problem := (SELECT 'there are ' || string_agg('''' || p.key || '''', ', ' ORDER BY p.place) FILTER (WHERE p.place <= 20)
              || CASE WHEN count(*) > 20 THEN ', …' ELSE '' END
            FROM jsonb_object_keys(s -> 'properties') WITH ORDINALITY AS p(key, place));
          RETURN (look.looks, swell.schema_words(path, 'the key ''' || part.key || ''' is not known; ' || COALESCE(problem, 'there is none')));
        END IF;
        look := swell.schema_look_at(root, s -> 'additionalProperties', part.value,
          path || '/' || replace(replace(part.key, '~', '~0'), '/', '~1'), depth + 1, look.looks);
        IF look.problem IS NOT NULL THEN RETURN look; END IF;
      END LOOP;
    END IF;
  END IF;

  IF s ? 'allOf' THEN
    FOR part IN SELECT a.value FROM jsonb_array_elements(s -> 'allOf') AS a(value) LOOP
      look := swell.schema_look_at(root, part.value, v, path, depth + 1, look.looks);
      IF look.problem IS NOT NULL THEN RETURN look; END IF;
    END LOOP;
  END IF;
  IF s ? 'anyOf' THEN
    fitting := NULL;
    first := NULL;
    FOR part IN SELECT a.value, a.place FROM jsonb_array_elements(s -> 'anyOf') WITH ORDINALITY AS a(value, place) LOOP
      look := swell.schema_look_at(root, part.value, v, path, depth + 1, look.looks);
      IF look.looks < 0 THEN RETURN look; END IF;
      IF look.problem IS NULL THEN
        fitting := part.place;
        EXIT;
      END IF;
      first := COALESCE(first, look.problem);
    END LOOP;
    IF fitting IS NULL THEN
      RETURN (look.looks, swell.schema_words(path,
        'fits none of the ' || jsonb_array_length(s -> 'anyOf') || ' schemas of anyOf; the first says: ' || first));
    END IF;
  END IF;
  IF s ? 'oneOf' THEN
    fitting := NULL;
    first := NULL;
    FOR part IN SELECT a.value, a.place FROM jsonb_array_elements(s -> 'oneOf') WITH ORDINALITY AS a(value, place) LOOP
      look := swell.schema_look_at(root, part.value, v, path, depth + 1, look.looks);
      IF look.looks < 0 THEN RETURN look; END IF;
      first := COALESCE(first, look.problem);
      CONTINUE WHEN look.problem IS NOT NULL;
      IF fitting IS NOT NULL THEN
        RETURN (look.looks, swell.schema_words(path, 'fits more than one schema of oneOf: number ' || fitting || ' and number ' || part.place));
      END IF;
      fitting := part.place;
    END LOOP;
    IF fitting IS NULL THEN
      RETURN (look.looks, swell.schema_words(path,
        'fits none of the ' || jsonb_array_length(s -> 'oneOf') || ' schemas of oneOf; the first says: ' || first));
    END IF;
  END IF;
  IF s ? 'not' THEN
    look := swell.schema_look_at(root, s -> 'not', v, path, depth + 1, look.looks);
    IF look.looks < 0 THEN RETURN look; END IF;
    IF look.problem IS NULL THEN
      RETURN (look.looks, swell.schema_words(path, 'must not fit the schema of not'));
    END IF;
  END IF;
  IF s ? 'if' THEN
    look := swell.schema_look_at(root, s -> 'if', v, path, depth + 1, look.looks);
    IF look.looks < 0 THEN RETURN look; END IF;
    content := CASE WHEN look.problem IS NULL THEN 'then' ELSE 'else' END;
    IF s ? content THEN
      RETURN swell.schema_look_at(root, s -> content, v, path, depth + 1, look.looks);
    END IF;
  END IF;
  RETURN (look.looks, NULL::text);
END
$$;

-- Why a value does not fit a schema, with the place in it; NULL when it does.
CREATE FUNCTION swell.schema_problem(schema jsonb, value jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
SET search_path = pg_catalog, swell, pg_temp
AS $$
DECLARE
  -- Copies, for what stands in a table is unpacked by each look.
  s jsonb := jsonb_build_array(schema) -> 0;
  v jsonb := jsonb_build_array(value) -> 0;
  looks integer := 100000;
  look swell.schema_look := swell.schema_look_at(s, s, v, '', 1, looks);
BEGIN
  IF look.looks = -1 THEN
    -- A large value may take more: as many as a schema without references ever takes.
    looks := least(2000000, (SELECT count(*) FROM jsonb_path_query(v, 'strict $.**'))
      * (SELECT count(*) FROM jsonb_path_query(s, 'strict $.**')));
    IF looks > 100000 THEN
      look := swell.schema_look_at(s, s, v, '', 1, looks);
    END IF;
  END IF;
  RETURN CASE WHEN char_length(look.problem) > 1000 THEN left(look.problem, 1000) || '…' ELSE look.problem END;
END
$$;

-- Raises SW002 unless an input fits the schema of its workflow.
CREATE FUNCTION swell.check_input(workflow text, version integer, schema jsonb, input jsonb, what text) RETURNS void
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, swell, pg_temp
AS $$
DECLARE
  problem text := swell.schema_problem(schema, input);
BEGIN
  IF problem IS NOT NULL THEN
    RAISE EXCEPTION '% does not fit the schema of workflow %: %', what, quote_literal(workflow), problem
      USING ERRCODE = 'SW002',
        HINT = format('The schema is under "input" in version %s of the definition. Mend the input, or apply a definition that takes it.', version);
  END IF;
END
$$;

-- Puts one run of a workflow into the queue and returns its id. It takes part in the caller's
-- transaction: a rollback takes the run along.
--
-- input: any JSON value, 1 MiB at most. queue: instead of the workflow's own. priority: 0 to 9,
-- 9 first. scheduled_at: not before that. idempotency_key: the same key and workflow give the
-- first run's id for a day; with another input SW004. tags: a JSON object. version: instead of
-- the current one. run_id: the caller's own UUIDv7, within a day of now. trace: a W3C
-- traceparent.
CREATE FUNCTION swell.enqueue(
  workflow text,
  input jsonb DEFAULT '{}',
  queue text DEFAULT NULL,
  priority integer DEFAULT 0,
  scheduled_at timestamptz DEFAULT NULL,
  idempotency_key text DEFAULT NULL,
  tags jsonb DEFAULT NULL,
  version integer DEFAULT NULL,
  run_id uuid DEFAULT NULL,
  trace text DEFAULT NULL
) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, swell, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  t timestamptz := swell.now();
  w record;
  id uuid := COALESCE(enqueue.run_id, swell.new_run_id());
  due timestamptz := GREATEST(enqueue.scheduled_at, t);
  hash bytea;
  known record;
  idle_until timestamptz;
BEGIN
  IF enqueue.version IS NULL THEN
    SELECT d.version, d.queue, d.deadline, d.input_schema, d.first_kinds, d.first_lane AS lane INTO w
    FROM swell.workflow AS d
    WHERE d.workflow = enqueue.workflow AND d.current;
  ELSE
    SELECT d.version, d.queue, d.deadline, d.input_schema, d.first_kinds, d.first_lane AS lane INTO w
    FROM swell.workflow AS d
    WHERE d.workflow = enqueue.workflow AND d.version = enqueue.version;
  END IF;
  IF w.version IS NULL THEN
    PERFORM swell.refuse_workflow(enqueue.workflow, enqueue.version);
  END IF;
  -- One expression for what most callers pass: each check apart costs as much as its evaluation.
  -- (What is large is not made text here besides.)
  IF (enqueue.queue IS NULL AND enqueue.tags IS NULL AND enqueue.trace IS NULL AND enqueue.run_id IS NULL
    AND enqueue.priority BETWEEN 0 AND 9 AND (enqueue.scheduled_at IS NULL OR due <= t + interval '10 years')
    AND pg_column_size(enqueue.input) <= 2000 AND octet_length(enqueue.input::text) <= 1000) IS NOT TRUE
  THEN
    IF enqueue.input IS NULL THEN
      RAISE EXCEPTION 'the input is NULL'
        USING ERRCODE = 'SW002', HINT = 'Pass a JSON value, for example ''{}''; the JSON value null is ''null''.';
    END IF;
    -- A small payload cannot break a limit.
    IF octet_length(enqueue.input::text) > 1000 THEN
      PERFORM swell.check_payload(enqueue.input, 'input');
    END IF;
    IF enqueue.priority IS NULL OR enqueue.priority NOT BETWEEN 0 AND 9 THEN
      RAISE EXCEPTION 'the priority is %, and must be from 0 to 9', COALESCE(enqueue.priority::text, 'NULL')
        USING ERRCODE = 'SW002', HINT = '9 comes first.';
    END IF;
    IF NOT isfinite(due) OR due > t + interval '10 years' THEN
      RAISE EXCEPTION 'scheduled_at is %, more than 10 years ahead', enqueue.scheduled_at
        USING ERRCODE = 'SW002', HINT = 'Leave it out for now, or name a moment within 10 years.';
    END IF;
    IF enqueue.tags IS NOT NULL AND (jsonb_typeof(enqueue.tags) <> 'object' OR octet_length(enqueue.tags::text) > 8192) THEN
      RAISE EXCEPTION 'tags must be a JSON object of at most 8192 bytes'
        USING ERRCODE = 'SW002', HINT = 'For example ''{"customer": "4711"}''.';
    END IF;
    IF octet_length(enqueue.trace) > 1024 THEN
      RAISE EXCEPTION 'the trace has % bytes, and 1024 are allowed', octet_length(enqueue.trace) USING ERRCODE = 'SW003';
    END IF;
    IF enqueue.queue IS NOT NULL AND enqueue.queue !~ '^[a-z][a-z0-9_.-]{0,99}$' THEN
      RAISE EXCEPTION 'the queue name % is not valid', quote_literal(enqueue.queue)
        USING ERRCODE = 'SW002', HINT = 'A queue begins with a small letter and has small letters, digits, "_", "-" and ".", 100 at most.';
    END IF;
    IF enqueue.queue <> w.queue THEN
      w.queue := enqueue.queue;
      -- Everybody's while there is none: whoever claims the run makes it.
      w.lane := COALESCE((SELECT l.lane FROM swell.lane AS l WHERE l.queue = enqueue.queue AND l.kinds = w.first_kinds), 1);
    END IF;
  END IF;

  IF enqueue.idempotency_key IS NOT NULL THEN
    IF length(enqueue.idempotency_key) NOT BETWEEN 1 AND 500 THEN
      RAISE EXCEPTION 'the idempotency key has % characters, and 1 to 500 are allowed', length(enqueue.idempotency_key)
        USING ERRCODE = 'SW002';
    END IF;
    hash := sha256(convert_to(enqueue.input::text, 'UTF8'));
    LOOP
      -- Waits only for whoever enqueues with the key at the moment: what is known is read without a lock, so that
      -- requests that come again hold up nobody.
      INSERT INTO swell.idempotency (workflow, key, run_id, input_sha256, expires_at)
      VALUES (enqueue.workflow, enqueue.idempotency_key, id, hash, t + interval '1 day')
      ON CONFLICT ON CONSTRAINT idempotency_pkey DO NOTHING;
      EXIT WHEN FOUND;
      SELECT k.run_id, k.input_sha256, k.expires_at INTO known
      FROM swell.idempotency AS k
      WHERE k.workflow = enqueue.workflow AND k.key = enqueue.idempotency_key;
      IF known.expires_at > t THEN
        IF known.input_sha256 = hash THEN
          RETURN known.run_id;
        END IF;
        RAISE EXCEPTION 'the idempotency key % was used by run % with another input', quote_literal(enqueue.idempotency_key), known.run_id
          USING ERRCODE = 'SW004', HINT = 'A key stands for one input. Use a new key, or enqueue the input that the key was first used with.';
      END IF;
      -- Past its day. Whoever comes second finds it renewed, or gone.
      UPDATE swell.idempotency AS k
      SET run_id = id, input_sha256 = hash, expires_at = t + interval '1 day'
      WHERE k.workflow = enqueue.workflow AND k.key = enqueue.idempotency_key AND k.expires_at <= t;
      EXIT WHEN FOUND;
    END LOOP;
  END IF;

  -- After the key: what was enqueued once is there, whatever a later version asks for.
  IF enqueue.run_id IS NOT NULL THEN
    PERFORM swell.check_run_id(id, t);
  END IF;
  IF w.input_schema IS NOT NULL THEN
    PERFORM swell.check_input(enqueue.workflow, w.version, w.input_schema, enqueue.input, 'the input');
  END IF;
  IF enqueue.run_id IS NOT NULL THEN
    -- Waits for whoever enqueues with the same id.
    INSERT INTO swell.run (run_id, workflow, version, queue, priority, state, input, tags, trace, idempotency_key, deadline, created_at)
    VALUES (id, enqueue.workflow, w.version, w.queue, enqueue.priority, 'live', enqueue.input, enqueue.tags, enqueue.trace,
      enqueue.idempotency_key, due + w.deadline, t)
    ON CONFLICT ON CONSTRAINT run_pkey DO NOTHING;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'the run % exists already', id
        USING ERRCODE = 'SW005', HINT = 'Use an idempotency_key where the same request may come twice.';
    END IF;
    INSERT INTO swell.ready (run_id, lane, priority, scheduled_at, wake_at)
    VALUES (id, w.lane, enqueue.priority, due, due + w.deadline)
    RETURNING (SELECT l.idle_until FROM swell.lane AS l WHERE l.lane = w.lane) INTO idle_until;
  ELSE
    -- One statement for both rows: a second one costs as much again as its row.
    WITH run AS (
      INSERT INTO swell.run (run_id, workflow, version, queue, priority, state, input, tags, trace, idempotency_key, deadline, created_at)
      VALUES (id, enqueue.workflow, w.version, w.queue, enqueue.priority, 'live', enqueue.input, enqueue.tags, enqueue.trace,
        enqueue.idempotency_key, due + w.deadline, t)
    )
    INSERT INTO swell.ready (run_id, lane, priority, scheduled_at, wake_at)
    VALUES (id, w.lane, enqueue.priority, due, due + w.deadline)
    RETURNING (SELECT l.idle_until FROM swell.lane AS l WHERE l.lane = w.lane) INTO idle_until;
  END IF;
  IF idle_until > t AND due < t + interval '2 seconds' THEN
    PERFORM pg_notify('swell_ready', w.lane::text);
  END IF;
  RETURN id;
END
$$;

-- Raises SW001 with the names that are near.
CREATE FUNCTION swell.refuse_workflow(wanted text, wanted_version integer) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, swell, pg_temp
AS $$
DECLARE
  known text;
BEGIN
  IF wanted IS NULL THEN
    RAISE EXCEPTION 'the workflow is NULL' USING ERRCODE = 'SW001', HINT = 'Name a workflow.';
  END IF;
  SELECT string_agg(d.version::text, ', ' ORDER BY d.version) INTO known
  FROM swell.workflow AS d WHERE d.workflow = wanted;
  IF known IS NOT NULL THEN
    RAISE EXCEPTION 'workflow % has no version %', quote_literal(wanted), wanted_version
      USING ERRCODE = 'SW001', HINT = 'It has: ' || known || '.';
  END IF;
  SELECT string_agg(DISTINCT d.workflow, ', ' ORDER BY d.workflow) INTO known FROM swell.workflow AS d;
  RAISE EXCEPTION 'there is no workflow %', quote_literal(wanted)
    USING ERRCODE = 'SW001',
      HINT = 'Make it known with: swell apply FILE. Known are: ' || COALESCE(left(known, 500), 'none') || '.';
END
$$;

-- Raises SW002 unless the id is a UUIDv7 made within a day of now.
CREATE FUNCTION swell.check_run_id(id uuid, t timestamptz) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, swell, pg_temp
AS $$
DECLARE
  made timestamptz;
BEGIN
  IF substr(id::text, 15, 1) <> '7' OR substr(id::text, 20, 1) NOT IN ('8', '9', 'a', 'b') THEN
    RAISE EXCEPTION 'the run id % is not a UUIDv7', id
      USING ERRCODE = 'SW002', HINT = 'Leave it out, or take one from swell.new_run_id().';
  END IF;
  made := to_timestamp(('x' || translate(left(id::text, 13), '-', ''))::bit(48)::bigint / 1000.0);
  IF made NOT BETWEEN t - interval '1 day' AND t + interval '1 day' THEN
    RAISE EXCEPTION 'the run id % is of %, more than a day from now', id, made
      USING ERRCODE = 'SW002', HINT = 'Run ids order runs by time. Leave it out, or take one from swell.new_run_id().';
  END IF;
END
$$;

-- Puts one run for each input into the queue and returns their ids in the order of the inputs.
CREATE FUNCTION swell.enqueue_many(
  workflow text,
  inputs jsonb[],
  queue text DEFAULT NULL,
  priority integer DEFAULT 0,
  scheduled_at timestamptz DEFAULT NULL,
  tags jsonb DEFAULT NULL,
  version integer DEFAULT NULL,
  trace text DEFAULT NULL
) RETURNS SETOF uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, swell, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  t timestamptz := swell.now();
  ids uuid[];
  first_id uuid;
  asked record;
  pattern record;
  part record;
BEGIN
  IF array_ndims(enqueue_many.inputs) > 1 THEN
    RAISE EXCEPTION 'inputs has % dimensions', array_ndims(enqueue_many.inputs)
      USING ERRCODE = 'SW002', HINT = 'Pass a flat array of JSON values.';
  END IF;
  IF enqueue_many.inputs IS NULL OR array_position(enqueue_many.inputs, NULL) IS NOT NULL THEN
    RAISE EXCEPTION 'inputs is NULL, or has a NULL at place %', COALESCE(array_position(enqueue_many.inputs, NULL)::text, '-')
      USING ERRCODE = 'SW002', HINT = 'Pass an array of JSON values.';
  END IF;
  IF cardinality(enqueue_many.inputs) = 0 THEN
    RETURN;
  END IF;
  -- A small payload cannot break a limit, and the call alone would cost as much as an id.
  PERFORM swell.check_payload(i.input, 'input number ' || i.place)
  FROM unnest(enqueue_many.inputs) WITH ORDINALITY AS i(input, place)
  WHERE octet_length(i.input::text) > 1000;
  SELECT d.version, d.input_schema INTO asked
  FROM swell.workflow AS d
  WHERE d.workflow = enqueue_many.workflow
    AND CASE WHEN enqueue_many.version IS NULL THEN d.current ELSE d.version = enqueue_many.version END;
  IF asked.input_schema IS NOT NULL THEN
    FOR part IN SELECT i.input, i.place FROM unnest(enqueue_many.inputs) WITH ORDINALITY AS i(input, place) LOOP
      PERFORM swell.check_input(enqueue_many.workflow, asked.version, asked.input_schema, part.input, 'input number ' || part.place);
    END LOOP;
  END IF;
  -- The first one goes the way of a single run: it checks everything that they share.
  first_id := swell.enqueue(enqueue_many.workflow, enqueue_many.inputs[array_lower(enqueue_many.inputs, 1)],
    enqueue_many.queue, enqueue_many.priority, enqueue_many.scheduled_at, NULL, enqueue_many.tags,
    COALESCE(asked.version, enqueue_many.version), NULL, enqueue_many.trace);
  RETURN NEXT first_id;
  SELECT r.version, r.queue, r.deadline, r.created_at, y.lane, y.scheduled_at INTO pattern
  FROM swell.run AS r JOIN swell.ready AS y ON y.run_id = r.run_id
  WHERE r.run_id = first_id;
  SELECT array_agg(swell.new_run_id()) INTO ids
  FROM generate_series(2, cardinality(enqueue_many.inputs));
  INSERT INTO swell.run (run_id, workflow, version, queue, priority, state, input, tags, trace, deadline, created_at)
  SELECT x.id, enqueue_many.workflow, pattern.version, pattern.queue, enqueue_many.priority, 'live', x.input,
    enqueue_many.tags, enqueue_many.trace, pattern.deadline, pattern.created_at
  FROM unnest(ids, enqueue_many.inputs[array_lower(enqueue_many.inputs, 1) + 1:]) AS x(id, input);
  INSERT INTO swell.ready (run_id, lane, priority, scheduled_at, wake_at)
  SELECT x.id, pattern.lane, enqueue_many.priority, pattern.scheduled_at, pattern.deadline
  FROM unnest(ids) AS x(id);
  RETURN QUERY SELECT x.id FROM unnest(ids) WITH ORDINALITY AS x(id, place) ORDER BY x.place;
END
$$;

-- Asks for the end of a run. It ends as soon as what runs of it has been cancelled and stored.
-- Touches no hot row: the run's holder, or the next claim, sees the signal.
CREATE FUNCTION swell.cancel(run uuid, reason text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, swell, pg_temp
AS $$
DECLARE
  t timestamptz := swell.now();
  the_state text;
BEGIN
  SELECT r.state INTO the_state FROM swell.run AS r WHERE r.run_id = cancel.run;
  IF the_state IS NULL THEN
    RAISE EXCEPTION 'there is no run %', COALESCE(cancel.run::text, 'NULL')
      USING ERRCODE = 'SW007', HINT = 'swell runs, or the view swell.runs, lists the runs.';
  END IF;
  IF the_state <> 'live' THEN
    RAISE EXCEPTION 'the run % has ended already: it is %', cancel.run, the_state
      USING ERRCODE = 'SW005', HINT = 'Only a live run can be cancelled.';
  END IF;
  IF octet_length(cancel.reason) > 4096 THEN
    RAISE EXCEPTION 'the reason has % bytes, and 4096 are allowed', octet_length(cancel.reason) USING ERRCODE = 'SW003';
  END IF;
  PERFORM swell.check_snapshot(cancel.run);
  INSERT INTO swell.signal (run_id, kind, payload, sender, created_at)
  VALUES (cancel.run, 'cancel', jsonb_build_object('reason', cancel.reason), session_user, t);
  INSERT INTO swell.audit (at, who, what, run_id, before, after, why)
  VALUES (t, session_user, 'cancel', cancel.run, jsonb_build_object('state', the_state), NULL, cancel.reason);
  PERFORM pg_notify('swell_signal', cancel.run::text);
END
$$;

-- Raises SW007 or SW005 unless the run is live; returns its workflow's definition.
CREATE FUNCTION swell.live_definition(run uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, swell, pg_temp
AS $$
DECLARE
  r record;
BEGIN
  SELECT x.state, d.definition INTO r
  FROM swell.run AS x
  LEFT JOIN swell.workflow AS d ON d.workflow = x.workflow AND d.version = x.version
  WHERE x.run_id = live_definition.run;
  IF r.state IS NULL THEN
    RAISE EXCEPTION 'there is no run %', COALESCE(live_definition.run::text, 'NULL')
      USING ERRCODE = 'SW007', HINT = 'swell runs, or the view swell.runs, lists the runs.';
  END IF;
  IF r.state <> 'live' THEN
    RAISE EXCEPTION 'the run % has ended already: it is %', live_definition.run, r.state
      USING ERRCODE = 'SW005', HINT = 'Only a live run can be told something.';
  END IF;
  -- A node that is written in onError has an id, too.
  IF jsonb_typeof(r.definition -> 'onError') = 'object' THEN
    RETURN jsonb_set(r.definition, '{nodes,on_error}', r.definition -> 'onError');
  END IF;
  RETURN r.definition;
END
$$;

-- Where a transaction reads a snapshot, raises 40001 if the run, or the node that is named, has changed since then: its
-- end or its answer may have come. Whoever changes them later does not wait for the caller.
CREATE FUNCTION swell.check_snapshot(run uuid, node text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, swell, pg_temp
AS $$
BEGIN
  IF current_setting('transaction_isolation') NOT IN ('repeatable read', 'serializable') THEN
    RETURN;
  END IF;
  PERFORM FROM swell.run AS r WHERE r.run_id = check_snapshot.run FOR SHARE;
  PERFORM FROM swell.node AS n
  WHERE n.run_id = check_snapshot.run AND n.node_id = check_snapshot.node AND n.item = 0 AND n.iteration = 0
  FOR SHARE;
  -- Only a lock looks past the snapshot; what is undone gives it back at once.
  RAISE EXCEPTION 'unchanged' USING ERRCODE = 'SW999';
EXCEPTION WHEN SQLSTATE 'SW999' THEN
  NULL;
END
$$;

-- Sends a signal to a run. A node that waits for one of that name takes the oldest; until there is one
-- it is kept, until the run ends at most. Takes part in the caller's transaction.
CREATE FUNCTION swell.signal(run uuid, name text, payload jsonb DEFAULT 'null') RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, swell, pg_temp
AS $$
DECLARE
  definition jsonb := swell.live_definition(signal.run);
BEGIN
  IF signal.name IS NULL OR signal.name !~ '^[a-z][a-z0-9_.-]{0,99}$' THEN
    RAISE EXCEPTION 'the name % of the signal is not valid', COALESCE(quote_literal(signal.name), 'NULL')
      USING ERRCODE = 'SW002', HINT = 'A name begins with a small letter and has small letters, digits, "_", "-" and ".", 100 at most.';
  END IF;
  IF NOT EXISTS (SELECT FROM jsonb_each(definition -> 'nodes') AS n WHERE n.value #>> '{wait,signal}' = signal.name) THEN
    RAISE EXCEPTION 'no node of workflow % waits for a signal %', definition ->> 'workflow', quote_literal(signal.name)
      USING ERRCODE = 'SW002', HINT = 'It waits for: ' || COALESCE((
        SELECT string_agg(DISTINCT n.value #>> '{wait,signal}', ', ') FROM jsonb_each(definition -> 'nodes') AS n), 'none') || '.';
  END IF;
  PERFORM swell.check_payload(COALESCE(signal.payload, 'null'), 'payload');
  IF octet_length(signal.payload::text) > 65536 THEN
    RAISE EXCEPTION 'the payload has % bytes of JSON, and 65536 are allowed', octet_length(signal.payload::text)
      USING ERRCODE = 'SW003', HINT = 'Store the data elsewhere and send a reference to it.';
  END IF;
  IF (SELECT count(*) FROM swell.signal AS s WHERE s.run_id = signal.run AND s.kind = 'signal') >= 1000 THEN
    RAISE EXCEPTION 'the run % has 1000 signals that nothing has used up', signal.run
      USING ERRCODE = 'SW003', HINT = 'A run that takes many messages is better made of many runs.';
  END IF;
  PERFORM swell.check_snapshot(signal.run);
  INSERT INTO swell.signal (run_id, kind, name, payload, sender, created_at)
  VALUES (signal.run, 'signal', signal.name, COALESCE(signal.payload, 'null'), session_user, swell.now());
  PERFORM pg_notify('swell_signal', signal.run::text);
END
$$;

-- The answer to a node that asks for approval: the first one counts.
CREATE FUNCTION swell.answer(run uuid, node text, yes boolean, comment text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, swell, pg_temp
AS $$
DECLARE
  definition jsonb := swell.live_definition(answer.run);
  t timestamptz := swell.now();
  the_state text;
BEGIN
  IF definition #> ARRAY['nodes', answer.node, 'approval'] IS NULL THEN
    RAISE EXCEPTION 'workflow % has no approval %', definition ->> 'workflow', COALESCE(quote_literal(answer.node), 'NULL')
      USING ERRCODE = 'SW002', HINT = 'It has: ' || COALESCE((
        SELECT string_agg(n.key, ', ' ORDER BY n.key) FROM jsonb_each(definition -> 'nodes') AS n WHERE n.value ? 'approval'), 'none') || '.';
  END IF;
  IF octet_length(answer.comment) > 4096 THEN
    RAISE EXCEPTION 'the comment has % bytes, and 4096 are allowed', octet_length(answer.comment) USING ERRCODE = 'SW003';
  END IF;
  SELECT n.state INTO the_state FROM swell.node AS n
  WHERE n.run_id = answer.run AND n.node_id = answer.node AND n.item = 0 AND n.iteration = 0;
  IF the_state IS DISTINCT FROM 'waiting' THEN
    RAISE EXCEPTION 'the node % of run % does not wait for an answer: it %', quote_literal(answer.node), answer.run,
      COALESCE('has ' || the_state, 'has not been asked yet')
      USING ERRCODE = 'SW005', HINT = 'The view swell.run_nodes shows what waits.';
  END IF;
  INSERT INTO swell.signal (run_id, kind, name, payload, sender, created_at)
  VALUES (answer.run, 'answer', answer.node, jsonb_build_object('approved', answer.yes, 'comment', answer.comment), session_user, t)
  ON CONFLICT (run_id, name) WHERE kind = 'answer' DO NOTHING;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the node % of run % has its answer already', quote_literal(answer.node), answer.run
      USING ERRCODE = 'SW005', HINT = 'The first answer counts.';
  END IF;
  -- The insert may have waited for the record that has taken the first one.
  PERFORM swell.check_snapshot(answer.run, answer.node);
  SELECT n.state INTO the_state FROM swell.node AS n
  WHERE n.run_id = answer.run AND n.node_id = answer.node AND n.item = 0 AND n.iteration = 0;
  IF the_state IS DISTINCT FROM 'waiting' THEN
    RAISE EXCEPTION 'the node % of run % has had its answer', quote_literal(answer.node), answer.run
      USING ERRCODE = 'SW005', HINT = 'The first answer counts.';
  END IF;
  INSERT INTO swell.audit (at, who, what, run_id, before, after, why)
  VALUES (t, session_user, CASE WHEN answer.yes THEN 'approve' ELSE 'reject' END, answer.run,
    jsonb_build_object('node', answer.node), jsonb_build_object('approved', answer.yes), answer.comment);
  PERFORM pg_notify('swell_signal', answer.run::text);
END
$$;

-- Says yes to a node that asks for approval.
CREATE FUNCTION swell.approve(run uuid, node text, comment text DEFAULT NULL) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, swell, pg_temp
AS $$
  SELECT swell.answer($1, $2, true, $3)
$$;

-- Says no to a node that asks for approval.
CREATE FUNCTION swell.reject(run uuid, node text, comment text DEFAULT NULL) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, swell, pg_temp
AS $$
  SELECT swell.answer($1, $2, false, $3)
$$;

-- Asks that nothing more of a run starts: what is in flight ends and is stored, then it rests until
-- swell.resume. Touches no hot row. A deadline goes on, and takes effect when it is resumed.
CREATE FUNCTION swell.pause(run uuid, reason text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, swell, pg_temp
AS $$
BEGIN
  PERFORM swell.live_definition(pause.run);
  IF swell.is_pausing(pause.run) THEN
    RAISE EXCEPTION 'the run % is paused already', pause.run
      USING ERRCODE = 'SW005', HINT = 'swell.resume lets it go on.';
  END IF;
  PERFORM swell.wish(pause.run, 'pause', pause.reason);
END
$$;

-- Lets a paused run go on.
CREATE FUNCTION swell.resume(run uuid, reason text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, swell, pg_temp
AS $$
BEGIN
  PERFORM swell.live_definition(resume.run);
  IF NOT swell.is_pausing(resume.run) THEN
    RAISE EXCEPTION 'the run % is not paused', resume.run
      USING ERRCODE = 'SW005', HINT = 'SELECT swell.explain(run) says what it waits for.';
  END IF;
  PERFORM swell.wish(resume.run, 'resume', resume.reason);
END
$$;

-- Whether a run is paused, or will be once what is in flight has ended: the last wish counts.
CREATE FUNCTION swell.is_pausing(run uuid) RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, swell, pg_temp
AS $$
  SELECT COALESCE(
    (SELECT s.kind = 'pause' FROM swell.signal AS s
      WHERE s.run_id = $1 AND s.kind IN ('pause', 'resume') ORDER BY s.signal_id DESC LIMIT 1),
    (SELECT y.paused IS NOT NULL FROM swell.ready AS y WHERE y.run_id = $1),
    false)
$$;

-- Leaves a pause or a resume for whoever holds the run, or for the next claim.
CREATE FUNCTION swell.wish(run uuid, what text, reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, swell, pg_temp
AS $$
DECLARE
  t timestamptz := swell.now();
BEGIN
  IF octet_length(wish.reason) > 4096 THEN
    RAISE EXCEPTION 'the reason has % bytes, and 4096 are allowed', octet_length(wish.reason) USING ERRCODE = 'SW003';
  END IF;
  PERFORM swell.check_snapshot(wish.run);
  INSERT INTO swell.signal (run_id, kind, payload, sender, created_at)
  VALUES (wish.run, wish.what, jsonb_build_object('reason', wish.reason), session_user, t);
  INSERT INTO swell.audit (at, who, what, run_id, before, after, why)
  VALUES (t, session_user, wish.what, wish.run, NULL, NULL, wish.reason);
  PERFORM pg_notify('swell_signal', wish.run::text);
END
$$;

-- Says in words why a run is not running, or what it is doing: a line for each thing that it waits for.
CREATE FUNCTION swell.explain(run uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, swell, pg_temp
SET TimeZone = 'UTC'
AS $$
DECLARE
  t timestamptz := swell.now();
  r record;
  y record;
  l record;
  n record;
  w record;
  lines text[] := '{}';
  missing text[];
  before bigint;
BEGIN
  SELECT x.* INTO r FROM swell.run AS x WHERE x.run_id = explain.run;
  IF r.run_id IS NULL THEN
    RAISE EXCEPTION 'there is no run %', COALESCE(explain.run::text, 'NULL')
      USING ERRCODE = 'SW007', HINT = 'swell runs, or the view swell.runs, lists the runs.';
  END IF;
  IF r.state <> 'live' THEN
    RETURN CASE r.state
      WHEN 'succeeded' THEN format('It succeeded at %s.', swell.shown(r.finished_at))
      ELSE format('It is %s since %s: %s', r.state, swell.shown(r.finished_at), COALESCE(r.error ->> 'message', 'no reason is stored'))
        || COALESCE(format(' (node %s, %s)', r.error #>> '{context,node}', r.error ->> 'kind'), '')
        || format('. SELECT swell.retry(''%s'') makes it live again.', r.run_id) END;
  END IF;
  SELECT x.* INTO y FROM swell.ready AS x WHERE x.run_id = explain.run;
  IF y.run_id IS NULL THEN
    RETURN 'It has just ended.';
  END IF;
  IF EXISTS (SELECT FROM swell.signal AS s WHERE s.run_id = explain.run AND s.kind = 'cancel') THEN
    lines := lines || 'Somebody has cancelled it; it ends once what is in flight has been stopped.'::text;
  END IF;
  IF y.crashes > 0 THEN
    lines := lines || (format('%s of its workers died in a row; at 3 what they executed is given up.', y.crashes)
      || CASE WHEN y.crashes = 2 AND y.claimed_by IS NULL
        THEN ' A worker takes it alone, once what that worker took in the last ten seconds has ended.' ELSE '' END);
  END IF;

  IF y.paused IS NOT NULL OR swell.is_pausing(explain.run) THEN
    SELECT a.* INTO w FROM swell.audit AS a
    WHERE a.run_id = explain.run AND a.what = 'pause' ORDER BY a.audit_id DESC LIMIT 1;
    lines := lines || (CASE WHEN y.paused IS NULL THEN 'It is being paused' ELSE 'It is paused' END
      || COALESCE(format(', by %s at %s', w.who, swell.shown(w.at)), '') || COALESCE(': ' || w.why, '')
      || format('. SELECT swell.resume(''%s'') lets it go on.', r.run_id));
  END IF;
  IF y.claimed_by IS NOT NULL THEN
    SELECT o.*, swell.looks_dead(o.locked, o.lock_key, o.heartbeat_at, NOT pg_is_in_recovery(), true, t, (SELECT swell.held_locks())) AS is_lost INTO w
    FROM swell.worker AS o WHERE o.worker_id = y.claimed_by;
    RETURN array_to_string(lines || (format('Worker %s (%s, pid %s) holds it since %s', COALESCE(w.name, y.claimed_by::text), COALESCE(w.host, 'unknown'),
      COALESCE(w.pid::text, 'unknown'), swell.shown(y.claimed_at))
      || CASE WHEN COALESCE(w.is_lost, true) THEN ', and looks dead: the others take over what it holds.' ELSE ' and is executing it.' END), E'\n');
  END IF;

  -- What its nodes wait for, the parts of maps and loops counted together.
  FOR n IN
    SELECT o.node_id, o.state, o.error ->> 'kind' AS kind, o.error ->> 'message' AS message, o.input ->> 'signal' AS signal, o.input ->> 'title' AS title,
      o.input ->> 'run' IS NOT NULL AS calls, min(o.input ->> 'run') AS child, count(*) AS parts, min(o.scheduled_at) AS due, max(o.attempt) AS attempt
    FROM swell.node AS o
    WHERE o.run_id = explain.run AND o.state IN ('retrying', 'waiting')
    GROUP BY o.node_id, o.state, 3, 4, 5, 6, 7
    ORDER BY 10, o.node_id
    LIMIT 20
  LOOP
    lines := lines || (format('Node %s ', n.node_id) || CASE
      WHEN n.state = 'retrying' THEN format('failed (%s: %s); attempt %s is due at %s', n.kind, left(n.message, 200), n.attempt + 1, swell.shown(n.due))
      WHEN n.kind = 'circuitOpen' THEN format('waits for a circuit (%s) until %s', left(n.message, 200), swell.shown(n.due))
      WHEN n.calls AND n.parts = 1 THEN format('waits for the run %s', n.child)
      WHEN n.calls THEN format('waits for %s runs; SELECT * FROM swell.runs WHERE parent = ''%s'' shows them', n.parts, r.run_id)
      WHEN n.signal IS NOT NULL THEN format('waits for the signal %s', quote_literal(n.signal)) || COALESCE(' until ' || swell.shown(n.due), '')
      WHEN n.title IS NOT NULL THEN format('waits for an answer to %s', quote_literal(left(n.title, 200))) || COALESCE(' until ' || swell.shown(n.due), '')
        || format('; SELECT swell.approve(''%s'', ''%s'') says yes', r.run_id, n.node_id)
      ELSE format('waits until %s', swell.shown(n.due)) END
      || CASE WHEN n.parts > 1 AND NOT n.calls THEN format(', %s of its parts', n.parts) ELSE '' END || '.');
  END LOOP;
  IF y.paused IS NOT NULL THEN
    RETURN array_to_string(lines, E'\n');
  END IF;

  SELECT a.* INTO w FROM swell.audit AS a
  WHERE a.what = 'leave' AND a.at > t - interval '2 hours' AND a.after ->> 'workflow' = r.workflow AND a.after ->> 'version' = r.version::text
    AND EXISTS (
      SELECT FROM swell.worker AS o
      WHERE 'worker ' || o.name = a.who AND o.state = 'running' AND o.heartbeat_at > t - interval '10 seconds')
  ORDER BY a.at DESC LIMIT 1;
  IF w.audit_id IS NOT NULL THEN
    lines := lines || format('At %s %s could not read its definition, and leaves it to others (%s). A worker of the version of Swell that applied the definition goes on with it.',
      swell.shown(w.at), w.who, left(w.why, 500));
  END IF;
  IF y.scheduled_at > t THEN
    IF cardinality(lines) = 0 OR w.audit_id IS NOT NULL THEN
      lines := lines || format('It is scheduled for %s.', swell.shown(y.scheduled_at));
    END IF;
    RETURN array_to_string(lines, E'\n');
  END IF;
  IF NOT EXISTS (SELECT FROM swell.worker AS o WHERE o.state = 'running' AND o.heartbeat_at > t - interval '10 seconds') THEN
    RETURN array_to_string(lines || format('It is due since %s, and no worker is alive: start one with swell worker.', swell.shown(y.scheduled_at)), E'\n');
  END IF;
  SELECT x.* INTO l FROM swell.lane AS x WHERE x.lane = y.lane;
  IF y.lane > 1 THEN
    IF NOT EXISTS (
      SELECT FROM swell.worker AS o
      WHERE o.state = 'running' AND o.heartbeat_at > t - interval '10 seconds' AND (o.queues IS NULL OR l.queue = ANY (o.queues)))
    THEN
      RETURN array_to_string(lines || format('It is due since %s, and no live worker serves its queue %s.',
        swell.shown(y.scheduled_at), l.queue), E'\n');
    END IF;
    missing := ARRAY(
      SELECT k.kind FROM unnest(l.kinds) AS k(kind)
      WHERE NOT EXISTS (
        SELECT FROM swell.worker AS o
        WHERE o.state = 'running' AND o.heartbeat_at > t - interval '10 seconds' AND k.kind = ANY (o.kinds)
          AND (o.queues IS NULL OR l.queue = ANY (o.queues)))
      ORDER BY k.kind);
    IF cardinality(missing) > 0 THEN
      RETURN array_to_string(lines || format('It is due since %s, and no live worker of queue %s has what it needs: %s.',
        swell.shown(y.scheduled_at), l.queue, array_to_string(missing, ', ')), E'\n');
    END IF;
    IF NOT l.open THEN
      RETURN array_to_string(lines || format('Its queue %s is paused.', l.queue), E'\n');
    END IF;
  END IF;
  SELECT count(*) INTO before FROM swell.ready AS o
  WHERE o.lane = y.lane AND o.claimed_by IS NULL AND o.scheduled_at <= t
    AND (o.priority > y.priority OR o.priority = y.priority AND (o.scheduled_at, o.run_id) < (y.scheduled_at, y.run_id));
  RETURN array_to_string(lines || (format('It is due since %s and waits for its turn', swell.shown(y.scheduled_at))
    || CASE WHEN before > 0 THEN format(': %s runs of its kind come before it; more workers would help.', before) ELSE '.' END), E'\n');
END
$$;

-- A time as people read it, in UTC.
CREATE FUNCTION swell.shown(moment timestamptz) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT to_char($1 AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS "UTC"')
$$;

-- Makes a failed or cancelled run live again, due now. Nodes that succeeded stay; the others
-- run again, with a new retry budget; the deadline and onError start anew.
CREATE FUNCTION swell.retry(run uuid, reason text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, swell, pg_temp
AS $$
DECLARE
  t timestamptz := swell.now();
  r record;
  w record;
  handlers text[];
BEGIN
  SELECT x.* INTO r FROM swell.run AS x WHERE x.run_id = retry.run FOR UPDATE;
  IF r.run_id IS NULL THEN
    RAISE EXCEPTION 'there is no run %', COALESCE(retry.run::text, 'NULL')
      USING ERRCODE = 'SW007', HINT = 'swell runs, or the view swell.runs, lists the runs.';
  END IF;
  IF r.state NOT IN ('failed', 'cancelled') THEN
    RAISE EXCEPTION 'the run % is %', retry.run, r.state
      USING ERRCODE = 'SW005', HINT = 'Only a failed or cancelled run can be retried. To run the workflow again, enqueue it.';
  END IF;
  SELECT d.definition, d.deadline, d.input_schema, d.queue INTO w
  FROM swell.workflow AS d WHERE d.workflow = r.workflow AND d.version = r.version;
  -- A run that another one called may have failed before it began.
  IF r.version = 0 THEN
    RAISE EXCEPTION 'the run % never began: there was no workflow %', retry.run, quote_literal(r.workflow)
      USING ERRCODE = 'SW001', HINT = format('Apply the workflow, then enqueue it with the input of this run; or retry the run that called this one, %s, if it has failed.', r.parent);
  END IF;
  IF strpos(r.workflow, '/') = 0 AND w.definition IS NULL THEN
    PERFORM swell.refuse_workflow(r.workflow, r.version);
  END IF;
  IF w.input_schema IS NOT NULL THEN
    IF swell.schema_problem(w.input_schema, r.input) IS NOT NULL THEN
      RAISE EXCEPTION 'the run % never began: its input does not fit the schema of workflow %', retry.run, quote_literal(r.workflow)
        USING ERRCODE = 'SW002', HINT = 'A run keeps its input. Enqueue a new run with an input that fits, or retry the run that called this one.';
    END IF;
  END IF;
  handlers := CASE jsonb_typeof(w.definition -> 'onError')
    WHEN 'string' THEN ARRAY[w.definition ->> 'onError']
    WHEN 'array' THEN ARRAY(SELECT jsonb_array_elements_text(w.definition -> 'onError'))
    WHEN 'object' THEN ARRAY['on_error']
    ELSE '{}' END;
  -- A handler's fallbacks start anew with it.
  handlers := ARRAY(
    WITH RECURSIVE h(id) AS (
      SELECT unnest(handlers)
      UNION
      SELECT COALESCE(w.definition -> 'nodes' -> h.id, CASE WHEN h.id = 'on_error' THEN w.definition -> 'onError' END) ->> 'fallback'
      FROM h
      WHERE h.id IS NOT NULL)
    SELECT h.id FROM h WHERE h.id IS NOT NULL);
  DELETE FROM swell.node AS n
  WHERE n.run_id = retry.run
    -- One that was executed before keeps its number.
    AND (n.state = 'skipped' AND n.attempt = 0 OR (n.item > 0 OR n.iteration > 0) AND n.node_id = ANY (handlers));
  UPDATE swell.node AS n
  SET state = 'pending', retries_from = n.attempt, output = NULL, error = NULL, degraded = false,
    scheduled_at = NULL, finished_at = NULL
  WHERE n.run_id = retry.run
    AND (n.state <> 'succeeded' OR n.node_id = ANY (handlers))
    -- A map that has succeeded has made its peace with the items that failed.
    AND (n.item = 0 AND n.iteration = 0 OR n.node_id = ANY (handlers) OR NOT EXISTS (
      SELECT FROM swell.node AS whole
      WHERE whole.run_id = retry.run AND whole.node_id = n.node_id AND whole.item = 0 AND whole.iteration = 0
        AND whole.state = 'succeeded'))
    -- What a fallback stood in for, however far down its chain, has its output; also what its parts have come to is left.
    AND (n.node_id = ANY (handlers) OR NOT (EXISTS (
      SELECT FROM swell.node AS whole
      WHERE whole.run_id = retry.run AND whole.node_id = n.node_id AND whole.item = 0 AND whole.iteration = 0
        AND whole.state = 'failed') AND EXISTS (
      WITH RECURSIVE chain(id) AS (
        SELECT w.definition -> 'nodes' -> n.node_id ->> 'fallback'
        UNION
        SELECT w.definition -> 'nodes' -> c.id ->> 'fallback' FROM chain AS c WHERE c.id IS NOT NULL)
      SELECT FROM chain AS c
      JOIN swell.node AS f ON f.run_id = retry.run AND f.node_id = c.id AND f.item = 0 AND f.iteration = 0
        AND f.state = 'succeeded')));
  UPDATE swell.run AS x
  SET state = 'live', output = NULL, error = NULL, finished_at = NULL, deadline = t + w.deadline,
    -- When it was called, nobody knew the queue of its version; a call that names another one is obeyed.
    queue = CASE WHEN r.error ->> 'code' = 'unknown_version' AND r.queue = 'default'
        AND NOT EXISTS (SELECT FROM swell.node AS n WHERE n.run_id = retry.run)
      THEN COALESCE(w.queue, x.queue) ELSE x.queue END
  WHERE x.run_id = retry.run;
  DELETE FROM swell.signal AS s WHERE s.run_id = retry.run;
  -- Lane 1: whoever claims it works out what the next step needs. The token is a fresh one, so
  -- that no claim from before the end can write.
  INSERT INTO swell.ready (run_id, lane, priority, scheduled_at, claim_token, wave, wake_at)
  SELECT retry.run, 1, r.priority, t, nextval('swell.claim_token'), COALESCE(max(n.wave) + 1, 0), t + w.deadline
  FROM swell.node AS n WHERE n.run_id = retry.run;
  INSERT INTO swell.audit (at, who, what, run_id, before, after, why)
  VALUES (t, session_user, 'retry', retry.run,
    jsonb_build_object('state', r.state, 'error', r.error), jsonb_build_object('state', 'live'), retry.reason);
  PERFORM pg_notify('swell_ready', '1');
END
$$;

-- Stores a definition. The content decides the version: what is known already stays the version
-- that it is, and becomes the current one. Makes the lane of its first wave.
CREATE FUNCTION swell.apply_definition(
  workflow text, definition jsonb, queue text, deadline interval, kinds text[], first_kinds text[],
  OUT version integer, OUT is_new boolean, OUT missing_kinds text[]
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, swell, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  t timestamptz := swell.now();
  hash bytea := sha256(convert_to(apply_definition.definition::text, 'UTF8'));
BEGIN
  IF apply_definition.definition ->> 'workflow' IS DISTINCT FROM apply_definition.workflow THEN
    RAISE EXCEPTION 'the definition is of workflow %, not of %', apply_definition.definition ->> 'workflow', apply_definition.workflow
      USING ERRCODE = 'SW002', HINT = 'Use swell apply, which checks the whole definition.';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('swell.workflow ' || apply_definition.workflow, 0));
  SELECT d.version INTO apply_definition.version
  FROM swell.workflow AS d
  WHERE d.workflow = apply_definition.workflow AND d.sha256 = hash;
  is_new := apply_definition.version IS NULL;
  UPDATE swell.workflow AS d SET current = false
  WHERE d.workflow = apply_definition.workflow AND d.current
    AND d.version IS DISTINCT FROM apply_definition.version;
  -- Idle workers learn of a new lane at once: they look, and mark it.
  INSERT INTO swell.lane (queue, kinds)
  VALUES (apply_definition.queue, apply_definition.first_kinds)
  ON CONFLICT ON CONSTRAINT lane_queue_kinds DO NOTHING;
  IF FOUND THEN
    PERFORM pg_notify('swell_ready', '1');
  END IF;
  IF is_new THEN
    SELECT COALESCE(max(d.version), 0) + 1 INTO apply_definition.version
    FROM swell.workflow AS d WHERE d.workflow = apply_definition.workflow;
    INSERT INTO swell.workflow (workflow, version, definition, sha256, queue, deadline, kinds, first_kinds, first_lane, current,
      created_at, input_schema)
    VALUES (apply_definition.workflow, apply_definition.version, apply_definition.definition, hash, apply_definition.queue,
      apply_definition.deadline, apply_definition.kinds, apply_definition.first_kinds,
      (SELECT l.lane FROM swell.lane AS l WHERE l.queue = apply_definition.queue AND l.kinds = apply_definition.first_kinds), true, t,
      -- A schema that takes everything need not be looked at.
      CASE WHEN apply_definition.definition -> 'input' NOT IN ('true', '{}') THEN apply_definition.definition -> 'input' END);
  ELSE
    UPDATE swell.workflow AS d SET current = true
    WHERE d.workflow = apply_definition.workflow AND d.version = apply_definition.version AND NOT d.current;
  END IF;
  SELECT COALESCE(array_agg(k.kind ORDER BY k.kind), '{}') INTO missing_kinds
  FROM unnest(apply_definition.kinds) AS k(kind)
  WHERE NOT EXISTS (
    SELECT FROM swell.worker AS w
    WHERE k.kind = ANY (w.kinds) AND w.state = 'running' AND w.heartbeat_at > t - interval '10 seconds');
END
$$;
