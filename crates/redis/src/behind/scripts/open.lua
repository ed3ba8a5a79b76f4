-- Takes conversations, each unless somebody else holds it or its event was handled.
-- KEYS: since when the marks are complete; then for each conversation: its key, the mark
-- ARGV: how long a hold lasts, how long a quiet conversation is kept; then each one's token
-- Gives: now, since; then for each: {0, wait} busy | {1, state, state is dirty, changes,
-- time of the changes} taken | {2} handled before
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local out = { now, redis.call('GET', KEYS[1]) }
local lease, keep = tonumber(ARGV[1]), ARGV[2]
for i = 1, #ARGV - 2 do
  local conversation, mark, token = KEYS[2 * i], KEYS[2 * i + 1], ARGV[i + 2]
  if redis.call('EXISTS', mark) == 1 then
    out[i + 2] = { 2 }
  else
    local has = redis.call('HMGET', conversation, 'hold', 'until', 'state', 'stateDirty',
      'changes', 'changedAt', 'contactDirty', 'sends')
    if has[1] and has[1] ~= '' and has[1] ~= token and tonumber(has[2]) > now then
      out[i + 2] = { 0, tonumber(has[2]) - now }
    else
      redis.call('HSET', conversation, 'hold', token, 'until', now + lease)
      if not has[4] and not has[7] and not has[8] then
        redis.call('PEXPIRE', conversation, keep)
      end
      out[i + 2] = { 1, has[3], has[4], has[5], has[6] }
    end
  end
end
return out
