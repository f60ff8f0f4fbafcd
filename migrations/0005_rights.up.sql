-- Rights are the least that each role needs; PUBLIC has nothing.
--   swell_enqueuer  enqueues
--   swell_worker    calls the protocol; has no right on any table
--   swell_operator  applies definitions, cancels and retries; reads the views
--   swell_reader    reads the views

REVOKE ALL ON SCHEMA swell FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA swell FROM PUBLIC;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA swell FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA swell FROM PUBLIC;

GRANT USAGE ON SCHEMA swell TO swell_enqueuer, swell_worker, swell_operator, swell_reader;

GRANT EXECUTE ON FUNCTION
  swell.now(),
  swell.new_run_id(),
  swell.enqueue(text, jsonb, text, integer, timestamptz, text, jsonb, integer, uuid, text),
  swell.enqueue_many(text, jsonb[], text, integer, timestamptz, jsonb, integer, text)
TO swell_enqueuer, swell_operator;
GRANT EXECUTE ON FUNCTION swell.signal(uuid, text, jsonb) TO swell_enqueuer, swell_operator;
GRANT INSERT, SELECT (run_id) ON swell.runs TO swell_enqueuer, swell_operator;

GRANT EXECUTE ON FUNCTION
  swell.now(),
  swell.register_v1(uuid, text, text, integer, text, text[], text[], integer, boolean),
  swell.definition_v1(text, integer),
  swell.lanes_v1(text[], text[]),
  swell.claim_v1(uuid, integer, bigint, integer[], smallint[], bigint[], integer, integer, integer, boolean, boolean, boolean, bigint),
  swell.record_v1(uuid, integer, bigint, uuid[], bigint[], integer[], smallint[], integer[], bigint[], bigint[], boolean[],
    integer[], text[], jsonb[], jsonb[], bigint[], integer[], text[], integer[], integer[], boolean[], text[], integer[],
    integer[], integer[], jsonb[], jsonb[], jsonb[], boolean[], bigint[], bigint[], bigint[], integer[], text[], integer[],
    integer[], integer[], integer[], jsonb[], bigint[], bigint[], text[], integer[], integer[], boolean[], bigint[], jsonb, jsonb, integer[], bigint),
  swell.fence_v1(uuid, integer, uuid, bigint),
  swell.confirm_v1(uuid, uuid, bigint, text, integer, integer, integer),
  swell.heartbeat_v1(uuid, text, bigint),
  swell.rescue_v1(uuid, uuid[], boolean, boolean, bigint),
  swell.release_v1(uuid, integer, bigint, uuid[], bigint[]),
  swell.leave_v1(uuid, integer, bigint, uuid[], bigint[], bigint[], jsonb),
  swell.reconcile_v1(uuid, integer, bigint, uuid[], bigint[]),
  swell.probe_v1(text, bigint),
  swell.set_aside_v1(uuid, integer, bigint, integer[], smallint[]),
  swell.unregister_v1(uuid),
  swell.maintain_v1(text)
TO swell_worker;

GRANT EXECUTE ON FUNCTION
  swell.apply_definition(text, jsonb, text, interval, text[], text[]),
  swell.cancel(uuid, text),
  swell.retry(uuid, text),
  swell.pause(uuid, text),
  swell.resume(uuid, text),
  swell.approve(uuid, text, text),
  swell.reject(uuid, text, text)
TO swell_operator;

-- The views call these on behalf of whoever reads them.
GRANT EXECUTE ON FUNCTION
  swell.now(),
  swell.run_id_bound(timestamptz),
  swell.looks_dead(boolean, bigint, timestamptz, boolean, boolean, timestamptz, bigint[]),
  swell.held_locks()
TO swell_reader, swell_operator;

GRANT EXECUTE ON FUNCTION swell.explain(uuid) TO swell_reader, swell_operator;

GRANT SELECT ON swell.runs, swell.run_nodes, swell.run_timeline, swell.queues, swell.workers, swell.circuits, swell.dead_letters,
  swell.workflows
TO swell_reader, swell_operator;
