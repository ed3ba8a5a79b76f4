-- Commits decisions: each at once or not at all, and only under the hold that it names.
-- KEYS: the list of what is dirty, the list of new marks, the counter of sends, this
-- worker's outbox; then for each commit: the conversation, the mark; then what each caches
-- that does
-- ARGV: this worker, how long a mark is kept, what outboxes begin with, what lists of what
-- is handed over begin with, 1 where the time of the commits is asked for; then for each
-- commit: token ('' for none), for how long this worker goes first afterwards, the mark's
-- entry for the list, the conversation's name ('' for none), state ('' keeps it), whether there was one before ('k') or it is new ('n'),
-- change of the contact ('' for none), whether there was one before, time, number of sends,
-- the sends, for how long it caches a value ('' for none, 0 removes it, below 0 for ever), 1
-- where what is cached already stays, the value
-- Gives for each: {0, first number of a send, 1 when they are this worker's to send at once,
-- the time in microseconds where that is asked for} | {1} handled before | {2} overtaken. Where they are not, they are handed over to the worker
-- that has the earlier sends of the contact, which is this one too while earlier ones that
-- were handed over to it wait for being taken up.
local me, mark_ms = ARGV[1], ARGV[2]
local out, a, i, now = {}, 6, 0, nil
local committed
if ARGV[5] == '1' then
  local time = redis.call('TIME')
  committed = time[1] * 1000000 + time[2]
end
-- Finds where the keys of what is cached begin: behind all conversations and marks.
local next_cached = 5
do
  local at = 6
  while at <= #ARGV do
    next_cached, at = next_cached + 2, at + 13 + tonumber(ARGV[at + 9])
  end
end
-- What a hold becomes: this worker's own for a moment longer, or nothing.
local function let_go(conversation, first_ms)
  if first_ms == '0' then
    return ''
  end
  if not now then
    local time = redis.call('TIME')
    now = time[1] * 1000 + math.floor(time[2] / 1000)
  end
  redis.call('HSET', conversation, 'until', string.format('%d', now + tonumber(first_ms)))
  return '~' .. me
end
-- Whether a send that was handed over to this worker was not taken up yet, as far as is known.
local function waits(id)
  local list = ARGV[4] .. me
  return redis.call('LPOS', list, id) or redis.call('LPOS', list .. ':taken', id)
end
-- Writes to the cache what it is to hold.
local function cache(key, value, for_ms, only_new)
  if for_ms == '0' then
    if not only_new then
      redis.call('UNLINK', key)
    end
  else
    local set = { 'SET', key, value }
    if string.sub(for_ms, 1, 1) ~= '-' then
      set[4], set[5] = 'PX', for_ms
    end
    if only_new then
      set[#set + 1] = 'NX'
    end
    redis.call(unpack(set))
  end
end
while a <= #ARGV do
  local conversation, mark = KEYS[5 + 2 * i], KEYS[6 + 2 * i]
  i = i + 1
  local token, first_ms, entry, name, state, state_known, change, known, at, sends_text = ARGV[a],
    ARGV[a + 1], ARGV[a + 2], ARGV[a + 3], ARGV[a + 4], ARGV[a + 5], ARGV[a + 6], ARGV[a + 7],
    ARGV[a + 8], ARGV[a + 9]
  local first_send, sends = a + 10, tonumber(sends_text)
  local cache_ms, only_new, value = ARGV[first_send + sends], ARGV[first_send + sends + 1],
    ARGV[first_send + sends + 2]
  a = first_send + sends + 3
  local cached
  if cache_ms ~= '' then
    cached, next_cached = KEYS[next_cached], next_cached + 1
  end
  local has = { false, false, false, false, false, false, false, false, false }
  if name ~= '' then
    has = redis.call('HMGET', conversation, 'hold', 'stateDirty', 'contactDirty', 'changes',
      'owner', 'sends', 'version', 'handed', 'refused')
  end
  if token ~= '' and has[1] ~= token then
    out[i] = { redis.call('EXISTS', mark) == 1 and 1 or 2 }
  elseif not redis.call('SET', mark, '', 'PX', mark_ms, 'NX') then
    if token ~= '' then
      redis.call('HSET', conversation, 'hold', let_go(conversation, first_ms))
    end
    out[i] = { 1 }
  else
    redis.call('RPUSH', KEYS[2], entry)
    local write, n = {}, 0
    if token ~= '' then
      write[1], write[2], n = 'hold', let_go(conversation, first_ms), 2
    end
    if state ~= '' then
      write[n + 1], write[n + 2], write[n + 3], write[n + 4] = 'state', state, 'stateDirty',
        has[2] or state_known
      n = n + 4
    end
    if change ~= '' then
      local changes = change
      if has[3] and has[4] then
        changes = has[4] .. '\n' .. change
      end
      write[n + 1], write[n + 2], write[n + 3], write[n + 4] = 'changes', changes, 'contactDirty',
        has[3] or known
      write[n + 5], write[n + 6] = 'changedAt', at
      n = n + 6
    end
    local dirty = state ~= '' or change ~= ''
    if dirty then
      write[n + 1], write[n + 2], write[n + 3], write[n + 4] = 'at', at, 'version',
        string.format('%d', tonumber(has[7] or '0') + 1)
      n = n + 4
      if not has[2] and not has[3] then
        redis.call('RPUSH', KEYS[1], name)
        write[n + 1], write[n + 2] = 'since', at
        n = n + 2
      elseif has[9] == '1' then
        -- It was set aside, and is another one now.
        redis.call('RPUSH', KEYS[1], name)
        write[n + 1], write[n + 2] = 'refused', ''
        n = n + 2
      end
    end
    local first, mine = 0, 1
    if sends > 0 then
      first = redis.call('INCRBY', KEYS[3], sends_text) - sends + 1
      local outbox = KEYS[4]
      local out_before = tonumber(has[6] or '0')
      if out_before > 0 and has[5] and (has[5] ~= me or (has[8] and waits(has[8]))) then
        mine = 0
        outbox = ARGV[3] .. has[5]
      end
      local items = {}
      for j = 0, sends - 1 do
        local item = ARGV[first_send + j]
        if mine == 0 then
          redis.call('RPUSH', ARGV[4] .. has[5], first + j)
          -- Nobody has begun it.
          item = '0' .. string.sub(item, 2)
        end
        items[2 * j + 1], items[2 * j + 2] = string.format('%d', first + j), item
      end
      redis.call('HSET', outbox, unpack(items))
      if name ~= '' then
        write[n + 1], write[n + 2] = 'sends', string.format('%d', out_before + sends)
        n = n + 2
        if mine == 1 then
          write[n + 1], write[n + 2] = 'owner', me
        else
          write[n + 1], write[n + 2] = 'handed', string.format('%d', first + sends - 1)
        end
        n = n + 2
      end
    end
    if n > 0 then
      redis.call('HSET', conversation, unpack(write))
      -- With anything of this in it, it is kept already.
      if (dirty or sends > 0) and not has[2] and not has[3] and not has[6] then
        redis.call('PERSIST', conversation)
      end
    end
    if cached then
      cache(cached, value, cache_ms, only_new == '1')
    end
    out[i] = { 0, first, mine, committed }
  end
end
return out
