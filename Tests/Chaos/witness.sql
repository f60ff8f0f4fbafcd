-- What only an onlooker at the moment of writing can see: breaches that later rows hide, and who
-- lost which run when. The triggers decide nothing and change nothing of Swell's.
CREATE SCHEMA witness;
CREATE TABLE witness.breach (what text NOT NULL, run_id uuid, detail text, at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE TABLE witness.loss (run_id uuid NOT NULL, worker uuid NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE TABLE witness.retry (run_id uuid NOT NULL, node_id text NOT NULL, attempt integer NOT NULL, due timestamptz NOT NULL);

CREATE FUNCTION witness.ended_twice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO witness.breach (what, run_id, detail)
  VALUES ('a run ended twice', NEW.run_id, OLD.state || ' then ' || NEW.state);
  RETURN NULL;
END
$$;
CREATE TRIGGER witness_ended_twice AFTER UPDATE ON swell.run FOR EACH ROW
WHEN (OLD.state <> 'live' AND NEW.state <> 'live') EXECUTE FUNCTION witness.ended_twice();

CREATE FUNCTION witness.stored_twice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO witness.breach (what, run_id, detail)
  VALUES ('a success was stored again', NEW.run_id, NEW.node_id || ' is ' || NEW.state);
  RETURN NULL;
END
$$;
-- After a lost reply the same worker may store the same row again.
CREATE TRIGGER witness_stored_twice AFTER UPDATE ON swell.node FOR EACH ROW
WHEN (OLD.state = 'succeeded' AND NEW.state <> 'pending'
  AND (OLD.state, OLD.attempt, OLD.worker, OLD.claim_token, OLD.output)
    IS DISTINCT FROM (NEW.state, NEW.attempt, NEW.worker, NEW.claim_token, NEW.output))
EXECUTE FUNCTION witness.stored_twice();

-- A result under a token that is not the run's own, or for a run that ended in an earlier
-- transaction, is one of somebody who has lost the run.
CREATE FUNCTION witness.stored() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM swell.ready AS r WHERE r.run_id = NEW.run_id AND r.claim_token <> NEW.claim_token)
    OR EXISTS (SELECT FROM swell.run AS u WHERE u.run_id = NEW.run_id AND u.state <> 'live'
      AND u.xmin <> pg_current_xact_id()::xid)
  THEN
    INSERT INTO witness.breach (what, run_id, detail)
    VALUES ('a stale worker wrote', NEW.run_id, TG_TABLE_NAME || ' ' || NEW.node_id || ' of ' || NEW.worker);
  END IF;
  IF TG_ARGV[0] = 'node' AND NEW.state = 'retrying' THEN
    INSERT INTO witness.retry VALUES (NEW.run_id, NEW.node_id, NEW.attempt, NEW.scheduled_at);
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER witness_stored AFTER INSERT OR UPDATE ON swell.node FOR EACH ROW
WHEN (NEW.claim_token IS NOT NULL AND NEW.state <> 'pending') EXECUTE FUNCTION witness.stored('node');

CREATE FUNCTION witness.lost() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO witness.loss (run_id, worker) VALUES (NEW.run_id, (NEW.payload ->> 'worker')::uuid);
  RETURN NULL;
END
$$;
CREATE TRIGGER witness_lost AFTER INSERT ON swell.signal FOR EACH ROW
WHEN (NEW.kind = 'worker_lost') EXECUTE FUNCTION witness.lost();
