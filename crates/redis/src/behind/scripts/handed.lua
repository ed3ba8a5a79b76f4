-- Takes what other workers handed over. KEYS: the list of it, this worker's outbox;
-- ARGV: how many at the most. Gives: number, item, number, item …
local ids = redis.call('LPOP', KEYS[1], ARGV[1])
if not ids then
  return {}
end
local out, n = {}, 0
for _, id in ipairs(ids) do
  local item = redis.call('HGET', KEYS[2], id)
  if item then
    out[n + 1], out[n + 2] = id, item
    n = n + 2
  end
end
return out
