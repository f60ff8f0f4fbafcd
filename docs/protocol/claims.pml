/* Claims, records and lost replies, whatever becomes of the workers. model.md explains this file,
 * scripts/model checks it. Names are those of migrations/0003_protocol_functions.up.sql and of
 * Sources/SwellEngine.
 *
 * Nothing here knows time. Any step may wait for as long as one likes: a worker that waits is slow,
 * stopped or cut off, and may be given up by the others at any moment, rightly or not.
 */
#ifndef WORKERS
#define WORKERS 2
#endif
#ifndef RUNS
#define RUNS 1
#endif
#ifndef NODES
#define NODES 2                 /* a run is a chain of so many nodes, numbered from 0 */
#endif
#ifndef FAULTS
#define FAULTS 3                /* so many, of any kind and at any moment, in one history */
#endif
#define BUDGET 2                /* a run that lost so many workers in a row fails unexecuted */
#define DOOMED 100              /* in place of its next node */

/* What the broken variants leave out. */
#if defined(NO_FENCE)
#define FENCE(w, c, r) ready[r]
#elif defined(SAME_TOKEN)
#define FENCE(w, c, r) (claimed_by[r] != 0)     /* both are recorders of one worker */
#else
#define FENCE(w, c, r) (claimed_by[r] == w + 1 && claim_token[r] == c.token[r])
#endif
#if defined(NO_EPOCH)
#define IN_TIME(w, c) true
#elif defined(NO_NUMBER)
#define IN_TIME(w, c) (c.kind == Reconcile || c.epoch == epoch[w])
#else
#define IN_TIME(w, c) (c.kind == Reconcile -> c.epoch > epoch[w] : c.epoch == epoch[w])
#endif
#ifdef NO_LOCK
#define LOCK_IS_FREE(other) true
#else
#define LOCK_IS_FREE(other) (!other.begun)
#endif
#ifdef NO_RESUME
#define IS_NEWS(c) (c.kind == Exchange)
#else
#define IS_NEWS(c) true
#endif
#ifdef NO_RECONCILE
#define IN_DOUBT false
#else
#define IN_DOUBT true
#endif

mtype = { Nothing, Exchange, Reconcile };       /* calls; Exchange is record_v1 and claim_v1 in one transaction */
mtype = { Quiet, Waiting, Answered, Refused };  /* a recorder */
mtype = { Idle, Running, InHand };              /* the next node of a run that it holds */
mtype = { GoOn, GiveBack, End };                /* what a record makes of a run */

typedef Call {                  /* the answer takes the place of the question */
  mtype kind;
  bool begun;                   /* its backend has the recorder's lock and has looked at the epoch */
  bool mayClaim;                /* and at the worker's state */
  byte epoch;
  mtype what[RUNS];             /* what to make of the run; in an answer: it speaks of the run */
  byte token[RUNS];             /* of the claim; in an answer: 0 when it is not held (any more) */
  byte node[RUNS]               /* that has ended; in an answer: that is next */
}

/* The tables. */
bool ready[RUNS];               /* the run's row in ready is there */
bool live[RUNS];                /* run.state is live */
byte claimed_by[RUNS];          /* worker + 1 */
byte claim_token[RUNS];         /* counted by run: only whether two are equal matters */
byte crashes[RUNS];
byte stored[RUNS];              /* nodes of which a success is stored */
byte epoch[WORKERS];
bool given_up[WORKERS];         /* worker.state is dead */

/* The workers, each with one recorder. */
bool dead[WORKERS];             /* the process has ended */
mtype line[WORKERS];
bool doubt[WORKERS];            /* a reply was lost */
byte known_epoch[WORKERS];
#define AT(w, r) ((w) * RUNS + (r))
byte held[WORKERS * RUNS];      /* token, or 0 */
byte next[WORKERS * RUNS];      /* node */
mtype work[WORKERS * RUNS];

Call call[WORKERS];             /* of a recorder's connection */
Call late[WORKERS];             /* whose client is gone: it commits later, or never */
byte faults = FAULTS, living = WORKERS;

hidden byte i, n;

#define LAST      (RUNS - 1)
#define FREE(r)   (ready[r] && claimed_by[r] == 0)
#define HOLDS(w)  (claimed_by[0] == w + 1 || claimed_by[LAST] == w + 1)
#define RESULT(w) (work[AT(w, 0)] == InHand || work[AT(w, LAST)] == InHand)

inline clear(c) {
  for (i : 0 .. LAST) { c.what[i] = 0; c.token[i] = 0; c.node[i] = 0 };
  c.kind = Nothing; c.begun = false; c.mayClaim = false; c.epoch = 0
}

inline move(from, to) {
  for (i : 0 .. LAST) { to.what[i] = from.what[i]; to.token[i] = from.token[i]; to.node[i] = from.node[i] };
  to.kind = from.kind; to.begun = from.begun; to.mayClaim = from.mayClaim; to.epoch = from.epoch;
  clear(from)
}

inline forget(w, r) { held[AT(w, r)] = 0; next[AT(w, r)] = 0; work[AT(w, r)] = Idle }

/* The server ------------------------------------------------------------------------------------ */

inline record(w, c, r) {
  if
  :: FENCE(w, c, r) ->
    assert(claimed_by[r] == w + 1 && claim_token[r] == c.token[r]);  /* a stale worker never writes */
    assert(ready[r] && live[r]);                                     /* and nobody to what has ended */
    if
    :: c.node[r] == DOOMED -> assert(crashes[r] >= BUDGET)
    :: else ->
      assert(stored[r] == c.node[r]);                                /* a result is stored once */
      stored[r]++; crashes[r] = 0
    fi;
    if
    :: c.what[r] == GoOn
    :: c.what[r] == GiveBack -> claimed_by[r] = 0; c.token[r] = 0
    :: c.what[r] == End -> claimed_by[r] = 0; c.token[r] = 0; ready[r] = false; live[r] = false
    fi;
    c.node[r] = stored[r]
  :: else -> c.token[r] = 0
  fi
}

inline claim(w, c, r) {
  claimed_by[r] = w + 1; claim_token[r]++;
  c.what[r] = GoOn; c.token[r] = claim_token[r];
  c.node[r] = (crashes[r] >= BUDGET -> DOOMED : stored[r])
}

inline reconcile(w, c, r) {
  if
  :: claimed_by[r] == w + 1 && claim_token[r] != c.token[r] ->
    assert(dead[w] || held[AT(w, r)] != claim_token[r]);             /* it frees what nobody knows */
#ifndef NO_FREE
    claimed_by[r] = 0
#endif
  :: else
  fi;
  if
  :: claimed_by[r] == w + 1 && claim_token[r] == c.token[r] -> c.node[r] = stored[r]
  :: else -> c.token[r] = 0
  fi;
  c.what[r] = GoOn
}

#define CAN_BEGIN(c, other) (c.kind != Nothing && !c.begun && LOCK_IS_FREE(other))

inline begin(w, c) { c.begun = true; c.mayClaim = !given_up[w] }

inline commit(w, c) {
  if
  :: c.kind == Exchange ->
    for (n : 0 .. LAST) { if :: c.what[n] != 0 -> record(w, c, n) :: else fi };
    if
    :: c.mayClaim && FREE(0) -> claim(w, c, 0)
    :: c.mayClaim && FREE(LAST) -> claim(w, c, LAST)
    :: else
    fi
  :: else ->
    for (n : 0 .. LAST) { reconcile(w, c, n) };
#ifdef NO_NUMBER
    c.epoch = epoch[w] + 1;
#endif
    epoch[w] = c.epoch
  fi;
  c.begun = false; c.mayClaim = false
}

proctype Backends(byte w) {
end:
  do
  :: atomic { line[w] == Waiting && CAN_BEGIN(call[w], late[w]) ->
      if
      :: IN_TIME(w, call[w]) -> begin(w, call[w])
      :: else -> line[w] = Refused                                   /* SW101 */
      fi }
  :: atomic { line[w] == Waiting && call[w].begun -> commit(w, call[w]); line[w] = Answered }
  :: atomic { CAN_BEGIN(late[w], call[w]) && IN_TIME(w, late[w]) -> begin(w, late[w]) }
  :: atomic { late[w].begun -> commit(w, late[w]); clear(late[w]) }
  :: atomic { late[w].kind != Nothing -> clear(late[w]) }            /* refused, or never begun */
  od
}

/* A worker -------------------------------------------------------------------------------------- */

/* What an answer says of one run: hold it, go on with it, or forget it. */
inline take(w, c, r) {
  if
  :: c.what[r] == 0                                                  /* nothing */
  :: c.what[r] != 0 && c.token[r] == 0 -> forget(w, r)
  :: c.what[r] != 0 && c.token[r] != 0 ->
    if
    :: c.token[r] != held[AT(w, r)] || IS_NEWS(c) && next[AT(w, r)] < c.node[r] ->
      held[AT(w, r)] = c.token[r]; next[AT(w, r)] = c.node[r];
      /* It starts that node, which has no stored success while the claim is the present one. */
#ifdef EVEN_STALE
      assert(c.node[r] == DOOMED || c.node[r] == stored[r]);
#else
      assert(c.node[r] == DOOMED || c.node[r] == stored[r] || c.token[r] != claim_token[r]);
#endif
      work[AT(w, r)] = (c.node[r] == DOOMED -> InHand : Running)
    :: else                                                          /* it is at it, or has it */
    fi
  fi
}

proctype Recorder(byte w) {
end:
  do
  :: atomic { line[w] == Quiet && !dead[w] && doubt[w] ->
      d_step {
        for (i : 0 .. LAST) { call[w].token[i] = held[AT(w, i)] };
        known_epoch[w]++; call[w].epoch = known_epoch[w];            /* above all that it asked for */
        call[w].kind = Reconcile; line[w] = Waiting
      } }
  :: atomic { line[w] == Quiet && !dead[w] && !doubt[w] && (RESULT(w) || !given_up[w] && (FREE(0) || FREE(LAST))) ->
      for (n : 0 .. LAST) {
        if
        :: work[AT(w, n)] == InHand ->
          call[w].token[n] = held[AT(w, n)]; call[w].node[n] = next[AT(w, n)];
          if
          :: next[AT(w, n)] >= NODES - 1 -> call[w].what[n] = End
          :: next[AT(w, n)] < NODES - 1 -> call[w].what[n] = GoOn
          :: next[AT(w, n)] < NODES - 1 -> call[w].what[n] = GiveBack
          fi
        :: else
        fi
      };
      call[w].kind = Exchange; call[w].epoch = known_epoch[w]; line[w] = Waiting }
  :: atomic { line[w] == Answered ->
      d_step {
        if
        :: call[w].kind == Reconcile -> known_epoch[w] = call[w].epoch; doubt[w] = false
        :: else
        fi;
        for (n : 0 .. LAST) { take(w, call[w], n) };
        clear(call[w]); line[w] = Quiet
      } }
  :: atomic { line[w] == Refused -> d_step { clear(call[w]); line[w] = Quiet; doubt[w] = true } }
  /* Handlers need no database. */
  :: atomic { work[AT(w, 0)] == Running -> work[AT(w, 0)] = InHand }
  :: atomic { work[AT(w, LAST)] == Running -> work[AT(w, LAST)] = InHand }
  /* A heartbeat that is answered "unknown". */
  :: atomic { given_up[w] && !dead[w] -> given_up[w] = false }
  od
}

/* What goes wrong ------------------------------------------------------------------------------- */

/* The recorder's connection breaks, or its patience ends. */
inline lose(w) {
  if
  :: line[w] == Waiting -> move(call[w], late[w]); doubt[w] = IN_DOUBT
  :: line[w] == Answered || line[w] == Refused -> clear(call[w]); doubt[w] = IN_DOUBT
  :: else
  fi;
  line[w] = Quiet
}

inline crash(w) {
  for (n : 0 .. LAST) { forget(w, n) };
  lose(w);
  dead[w] = true; living--; doubt[w] = false; known_epoch[w] = 0
}

/* rescue_v1. rescue.pml is about whom it may name. */
inline rescue(w) {
  for (i : 0 .. LAST) {
    if
    :: claimed_by[i] == w + 1 -> claimed_by[i] = 0; claim_token[i]++; crashes[i]++
    :: else
    fi
  };
  given_up[w] = true
}

/* The server starts anew: what has not committed never does. */
inline restart() {
  for (n : 0 .. WORKERS - 1) { lose(n); clear(late[n]) };
  faults--
}

proctype Faults(byte w) {
end:
  do
  :: atomic { faults > 0 && line[w] != Quiet && late[w].kind == Nothing -> d_step { lose(w); faults-- } }
  :: atomic { faults > 0 && !dead[w] && living > 1 && late[w].kind == Nothing -> d_step { crash(w); faults-- } }
  :: atomic { faults > 0 && !dead[w] && !given_up[w] -> d_step { rescue(w); faults-- } }
  :: atomic { dead[w] && (HOLDS(w) || !given_up[w]) -> d_step { rescue(w); n = 0 } }   /* the dead are found in the end */
  :: atomic { faults > 0 && w == 0 -> d_step { restart() } }
  :: atomic { faults > 0 && w == 0 -> faults = 0 }                   /* no more of them */
  od
}

/* When nothing is left to happen, every run has ended. */
proctype Judge() {
  timeout -> assert(!ready[0] && !live[0] && !ready[LAST] && !live[LAST])
}

init {
  atomic {
    for (n : 0 .. LAST) { ready[n] = true; live[n] = true };
    for (n : 0 .. WORKERS - 1) {
      line[n] = Quiet; epoch[n] = 1; known_epoch[n] = 1;
      clear(call[n]); clear(late[n]);
      for (i : 0 .. LAST) { work[AT(n, i)] = Idle };
      run Recorder(n); run Backends(n); run Faults(n)
    };
    run Judge()
  }
}
