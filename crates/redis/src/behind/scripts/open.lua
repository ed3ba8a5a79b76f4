-- Takes conversations, each unless somebody else holds it or its event was handled.
-- Events that wait for one stand in a line, by their time and then as they came: the first
-- has it next, whoever asks first. A place lasts as long as a hold, and anew when its event
-- is asked for again.
-- KEYS: since when the marks are complete; then for each conversation: its key, the mark
-- ARGV: how long a hold lasts, how long a quiet conversation is kept; then for each one its
-- token and the time of its event ('' for now)
-- Gives: now, since; then for each: {0} busy | {1, state, state is dirty, changes,
-- time of the changes} taken | {2} handled before
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local out = { now, redis.call('GET', KEYS[1]) }
local lease, keep = tonumber(ARGV[1]), ARGV[2]
-- As text: Redis makes that of a number as of a fraction, which takes longer.
local now_text, till_text = string.format('%d', now), string.format('%d', now + lease)
local function place(at, event, till)
  return string.format('%d;%s;%d|', at, event, till)
end
for i = 1, (#ARGV - 2) / 2 do
  local conversation, mark = KEYS[2 * i], KEYS[2 * i + 1]
  local token, at_text = ARGV[2 * i + 1], ARGV[2 * i + 2]
  if at_text == '' then
    at_text = now_text
  end
  local at = tonumber(at_text)
  local event = string.sub(mark, -24)
  if redis.call('EXISTS', mark) == 1 then
    -- An event that waited for it does not keep the next ones waiting.
    local has = redis.call('HMGET', conversation, 'line', 'hold')
    if has[1] and string.find(has[1], event, 1, true) then
      redis.call('HSET', conversation, 'line',
        (string.gsub(has[1], '[^;|]+;' .. event .. ';[^;|]+|', '')))
    end
    if has[2] == '~' .. string.match(token, '^[^.]*') then
      redis.call('HSET', conversation, 'hold', '')
    end
    out[i + 2] = { 2 }
  else
    local has = redis.call('HMGET', conversation, 'hold', 'until', 'state', 'stateDirty',
      'changes', 'changedAt', 'contactDirty', 'sends', 'line')
    local held = has[1] and has[1] ~= '' and has[1] ~= token and tonumber(has[2]) > now
    -- After a commit the worker that made it may go first for a moment: it has later events
    -- of the contact that do not stand in the line yet.
    local goes_first = held and has[1] == '~' .. string.match(token, '^[^.]*')
    held = held and not goes_first
    local line, others, is_first, stands = '', '', true, false
    if has[9] then
      for whose, which, till in string.gmatch(has[9], '([^;|]+);([^;|]+);([^;|]+)') do
        if which == event then
          line, stands = line .. place(at, event, now + lease), true
        elseif tonumber(till) > now then
          local other = whose .. ';' .. which .. ';' .. till .. '|'
          line, others = line .. other, others .. other
          whose = tonumber(whose)
          is_first = is_first and (at < whose or (at == whose and stands))
        end
      end
    end
    if held or not is_first then
      if not stands then
        line = line .. place(at, event, now + lease)
      end
      redis.call('HSET', conversation, 'line', line)
      if goes_first then
        -- Now its next event stands there.
        redis.call('HSET', conversation, 'hold', '')
      end
      out[i + 2] = { 0 }
    else
      redis.call('HSET', conversation, 'hold', token, 'until', till_text, 'event', event,
        'eventAt', at_text)
      if others ~= '' then
        redis.call('HSET', conversation, 'line', others)
      elseif has[9] then
        redis.call('HDEL', conversation, 'line')
      end
      out[i + 2] = { 1, has[3], has[4], has[5], has[6] }
    end
    if not has[4] and not has[7] and not has[8] then
      redis.call('PEXPIRE', conversation, keep)
    end
  end
end
return out
