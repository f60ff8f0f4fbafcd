DROP VIEW swell.dead_letters;
DROP VIEW swell.circuits;
DROP VIEW swell.workers;
DROP VIEW swell.queues;
DROP VIEW swell.run_timeline;
DROP VIEW swell.run_nodes;
DROP VIEW swell.runs;
DROP FUNCTION swell.insert_run();
