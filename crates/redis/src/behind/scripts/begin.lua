-- Says that sends start now. KEYS: this worker's outbox; ARGV: the sends.
-- Gives for each 1, or 0 where it is not in there any more.
local out = {}
for i, id in ipairs(ARGV) do
  local item = redis.call('HGET', KEYS[1], id)
  if item then
    redis.call('HSET', KEYS[1], id, '1' .. string.sub(item, 2))
  end
  out[i] = item and 1 or 0
end
return out
