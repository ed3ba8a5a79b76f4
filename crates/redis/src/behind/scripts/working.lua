-- How many workers are alive, without what stands among them while it is filled. KEYS: the
-- workers; ARGV: after how many milliseconds of silence one counts as ended, what the names
-- of those others begin with.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local alive = redis.call('ZRANGEBYSCORE', KEYS[1],
  '(' .. string.format('%d', now - tonumber(ARGV[1])), '+inf')
local count = 0
for _, name in ipairs(alive) do
  if string.sub(name, 1, #ARGV[2]) ~= ARGV[2] then
    count = count + 1
  end
end
return count
