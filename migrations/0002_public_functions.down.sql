DROP FUNCTION swell.apply_definition(text, jsonb, text, interval, text[], text[]);
DROP FUNCTION swell.retry(uuid, text);
DROP FUNCTION swell.cancel(uuid, text);
DROP FUNCTION swell.enqueue_many(text, jsonb[], text, integer, timestamptz, jsonb, integer, text);
DROP FUNCTION swell.enqueue(text, jsonb, text, integer, timestamptz, text, jsonb, integer, uuid, text);
DROP FUNCTION swell.refuse_workflow(text, integer);
DROP FUNCTION swell.check_run_id(uuid, timestamptz);
DROP FUNCTION swell.check_payload(jsonb, text);
DROP FUNCTION swell.new_run_id();
