-- What breaks the invariants that the tables can show: no row is all well.
SELECT 'live run without a ready row', r.run_id::text FROM swell.run AS r
WHERE r.state = 'live' AND NOT EXISTS (SELECT FROM swell.ready AS y WHERE y.run_id = r.run_id)
UNION ALL
SELECT 'ready row of a run that has ended', y.run_id::text FROM swell.ready AS y
WHERE NOT EXISTS (SELECT FROM swell.run AS r WHERE r.run_id = y.run_id AND r.state = 'live')
UNION ALL
SELECT 'node row without a run', n.run_id::text || ' ' || n.node_id FROM swell.node AS n
WHERE NOT EXISTS (SELECT FROM swell.run AS r WHERE r.run_id = n.run_id)
UNION ALL
SELECT 'run succeeded with a node that has not ended', n.run_id::text || ' ' || n.node_id
FROM swell.node AS n JOIN swell.run AS r ON r.run_id = n.run_id
WHERE r.state <> 'live' AND n.state IN ('retrying', 'waiting')
UNION ALL
SELECT 'failed attempts without a row', n.run_id::text || ' ' || n.node_id
FROM swell.node AS n
WHERE n.state IN ('retrying', 'failed') AND n.error ->> 'kind' <> 'circuitOpen'
  AND NOT EXISTS (
    SELECT FROM swell.attempt AS a
    WHERE a.run_id = n.run_id AND a.node_id = n.node_id AND a.number = n.attempt)
UNION ALL
SELECT 'more retries than any policy of the tests', n.run_id::text || ' ' || n.node_id
FROM swell.node AS n WHERE n.attempt - n.retries_from > 5
UNION ALL
SELECT 'attempt started before the one before it was due', a.run_id::text || ' ' || a.node_id
FROM swell.attempt AS a JOIN swell.attempt AS b
  ON b.run_id = a.run_id AND b.node_id = a.node_id AND b.number = a.number + 1
WHERE b.started_at < a.finished_at
UNION ALL
SELECT 'signal of a run that has ended', s.run_id::text FROM swell.signal AS s
WHERE NOT EXISTS (SELECT FROM swell.ready AS y WHERE y.run_id = s.run_id)
UNION ALL
SELECT 'row in a default partition', tableoid::regclass::text FROM swell.run_default
