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
    WHERE a.run_id = n.run_id AND a.node_id = n.node_id AND a.item = n.item AND a.iteration = n.iteration
      AND a.number = n.attempt)
UNION ALL
SELECT 'more retries than the policy allows', n.run_id::text || ' ' || n.node_id
FROM swell.node AS n
JOIN swell.run AS u ON u.run_id = n.run_id
JOIN swell.workflow AS w ON w.workflow = split_part(u.workflow, '/', 1) AND w.version = u.version
CROSS JOIN LATERAL (
  SELECT COALESCE(w.definition -> 'nodes' -> n.node_id -> 'retry', w.definition -> 'defaults' -> 'retry') AS retry
) AS p
WHERE n.attempt - n.retries_from > 1 + CASE
    WHEN jsonb_typeof(p.retry) = 'string' AND p.retry #>> '{}' = 'none' OR p.retry ->> 'strategy' = 'none' THEN 0
    ELSE COALESCE((p.retry ->> 'maxRetries')::integer, 3) END
UNION ALL
SELECT 'a failed attempt before the last one has no row', n.run_id::text || ' ' || n.node_id || ' ' || k.number::text
FROM swell.node AS n
CROSS JOIN LATERAL generate_series(n.retries_from + 1, n.attempt - 1) AS k(number)
WHERE NOT EXISTS (
  SELECT FROM swell.attempt AS a
  WHERE a.run_id = n.run_id AND a.node_id = n.node_id AND a.item = n.item AND a.iteration = n.iteration
    AND a.number = k.number)
UNION ALL
SELECT 'a claim without a token', y.run_id::text FROM swell.ready AS y
WHERE y.claimed_by IS NOT NULL AND y.claim_token = 0
UNION ALL
SELECT 'two live runs under one token', y.claim_token::text FROM swell.ready AS y
WHERE y.claim_token <> 0 GROUP BY y.claim_token HAVING count(*) > 1
UNION ALL
SELECT 'run succeeded without its nodes', r.run_id::text FROM swell.run AS r
WHERE r.state = 'succeeded' AND NOT EXISTS (SELECT FROM swell.node AS n WHERE n.run_id = r.run_id)
UNION ALL
SELECT 'attempt started before the one before it was due', a.run_id::text || ' ' || a.node_id
FROM swell.attempt AS a JOIN swell.attempt AS b
  ON b.run_id = a.run_id AND b.node_id = a.node_id AND b.item = a.item AND b.iteration = a.iteration
    AND b.number = a.number + 1
WHERE b.started_at < a.finished_at
UNION ALL
SELECT 'signal of a run that has ended', s.run_id::text FROM swell.signal AS s
WHERE NOT EXISTS (SELECT FROM swell.ready AS y WHERE y.run_id = s.run_id)
  -- What came as its run ended is deleted by the next look of a worker.
  AND (s.sender <> 'swell' OR s.created_at < swell.now() - interval '30 seconds')
UNION ALL
SELECT 'live child of a run that has ended', c.run_id::text
FROM swell.run AS c
LEFT JOIN swell.run AS p ON p.run_id = c.parent
WHERE c.parent IS NOT NULL AND c.state = 'live' AND p.state IS DISTINCT FROM 'live'
  AND NOT COALESCE((c.parent_place ->> 'detached')::boolean, false)
UNION ALL
SELECT 'two children for one attempt', min(c.run_id::text)
FROM swell.run AS c
WHERE c.parent IS NOT NULL
GROUP BY c.parent, c.parent_place - 'delay' HAVING count(*) > 1
UNION ALL
SELECT 'node that waits for a child which nobody will tell of', n.run_id::text || ' ' || n.node_id || ' ' || n.item::text
FROM swell.node AS n
WHERE n.state = 'waiting' AND n.input ->> 'run' IS NOT NULL
  AND NOT EXISTS (SELECT FROM swell.run AS c WHERE c.parent = n.run_id AND c.run_id::text = n.input ->> 'run' AND c.state = 'live')
  AND NOT EXISTS (SELECT FROM swell.signal AS s WHERE s.run_id = n.run_id AND s.kind = 'child' AND s.payload ->> 'run' = n.input ->> 'run')
UNION ALL
SELECT 'row in a default partition', tableoid::regclass::text FROM swell.run_default
