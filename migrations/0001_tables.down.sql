-- Everything that Swell stored goes. The roles stay: other databases may use them.
DROP TABLE IF EXISTS swell.run, swell.node, swell.attempt CASCADE;
DROP TABLE IF EXISTS swell.workflow, swell.ready, swell.lane, swell.signal, swell.idempotency,
  swell.circuit, swell.worker, swell.audit;
DROP FUNCTION IF EXISTS swell.make_partitions(text, integer);
DROP FUNCTION IF EXISTS swell.run_id_bound(timestamptz);
DROP SEQUENCE IF EXISTS swell.claim_token;
DROP FUNCTION IF EXISTS swell.now();
