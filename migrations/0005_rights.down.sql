REVOKE ALL ON ALL FUNCTIONS IN SCHEMA swell FROM swell_enqueuer, swell_worker, swell_operator, swell_reader;
REVOKE ALL ON ALL TABLES IN SCHEMA swell FROM swell_enqueuer, swell_worker, swell_operator, swell_reader;
REVOKE ALL ON SCHEMA swell FROM swell_enqueuer, swell_worker, swell_operator, swell_reader;
