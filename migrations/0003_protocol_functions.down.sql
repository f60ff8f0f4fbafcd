DROP FUNCTION swell.maintain_v1(text);
DROP FUNCTION swell.unregister_v1(uuid);
DROP FUNCTION swell.probe_v1(text, bigint);
DROP FUNCTION swell.set_aside_v1(uuid, integer, bigint, integer[], smallint[]);
DROP FUNCTION swell.reconcile_v1(uuid, integer, bigint, uuid[], bigint[]);
DROP FUNCTION swell.leave_v1(uuid, integer, bigint, uuid[], bigint[], bigint[], jsonb);
DROP FUNCTION swell.release_v1(uuid, integer, bigint, uuid[], bigint[]);
DROP FUNCTION swell.give_back(uuid, uuid[], bigint[], bigint[], timestamptz);
DROP FUNCTION swell.rescue_v1(uuid, uuid[], boolean, boolean, bigint);
DROP FUNCTION swell.held_locks();
DROP FUNCTION swell.looks_dead(boolean, bigint, timestamptz, boolean, boolean, timestamptz, bigint[]);
DROP FUNCTION swell.heartbeat_v1(uuid, text, bigint);
DROP FUNCTION swell.record_v1(uuid, integer, bigint, uuid[], bigint[], integer[], smallint[], integer[], bigint[], bigint[], boolean[],
  integer[], text[], jsonb[], jsonb[], bigint[], integer[], text[], integer[], integer[], boolean[], text[], integer[],
  integer[], integer[], jsonb[], jsonb[], jsonb[], boolean[], bigint[], bigint[], bigint[], integer[], text[], integer[],
  integer[], integer[], integer[], jsonb[], bigint[], bigint[], text[], integer[], integer[], boolean[], bigint[], jsonb, jsonb, integer[], bigint);
DROP FUNCTION swell.tell_parents(uuid[], uuid, uuid, timestamptz);
DROP FUNCTION swell.stop_children(jsonb, uuid[], boolean[], timestamptz);
DROP FUNCTION swell.start_children(jsonb, uuid[], uuid, uuid, boolean[], timestamptz);
DROP FUNCTION swell.wake_lanes(integer[], timestamptz);
DROP FUNCTION swell.count_circuit(text, integer, boolean, timestamptz, integer, interval);
DROP FUNCTION swell.claim_v1(uuid, integer, bigint, integer[], smallint[], bigint[], integer, integer, integer, boolean, boolean, boolean, bigint);
DROP FUNCTION swell.lane_report();
DROP FUNCTION swell.signals_of(uuid);
DROP FUNCTION swell.spoken_to(bigint);
DROP FUNCTION swell.signal_report(swell.signal);
DROP FUNCTION swell.failing_circuits(timestamptz);
DROP FUNCTION swell.stored_nodes(uuid);
DROP FUNCTION swell.freed_wake(uuid, integer, timestamptz, timestamptz);
DROP FUNCTION swell.freed_lane(uuid, integer);
DROP FUNCTION swell.reached_wave(uuid, integer);
DROP FUNCTION swell.confirm_v1(uuid, uuid, bigint, text, integer, integer, integer);
DROP FUNCTION swell.check_fence(uuid[], bigint[]);
DROP FUNCTION swell.fence_v1(uuid, integer, uuid, bigint);
DROP FUNCTION swell.fence_mark(uuid, bigint);
DROP FUNCTION swell.check_epoch(uuid, integer, bigint);
DROP FUNCTION swell.lanes_v1(text[], text[]);
DROP FUNCTION swell.definition_v1(text, integer);
DROP FUNCTION swell.register_v1(uuid, text, text, integer, text, text[], text[], integer, boolean);
