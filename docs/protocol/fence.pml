/* Fenced transactions: an effect and the record of its success in one commit, whatever becomes of the
 * worker, its connection and the reply. model.md explains this file, scripts/model checks it. Names are those
 * of migrations/0003_protocol_functions.up.sql and of Sources/SwellEngine/AttemptTransaction.swift.
 *
 * One run of two nodes: the first has the effect, the second ends the run. Nothing here knows time.
 */
#ifndef WORKERS
#define WORKERS 2
#endif
#ifndef FAULTS
#define FAULTS 3                /* so many, of any kind and at any moment, in one history */
#endif

/* What the broken variants leave out. */
#ifdef UNFENCED
#define IS_HELD(w) true
#else
#define IS_HELD(w) (claimed_by == w + 1 && claim_token == held[w])
#endif
#ifdef UNLOCKED
#define LOCK(s) skip
#else
#define LOCK(s) locked = s
#endif
#ifdef UNWAITED
#define HAS_WAITED(w) true
#else
#define HAS_WAITED(w) (locked == 0)
#endif

mtype = { Idle, Claimed, Fenced, Affected, Recorded, Committing, Doubt, Known };  /* an attempt */
mtype = { None, Open, Asked, Answered };                                         /* its session */

/* The tables. */
bool ready = true;              /* the run is live, and its row in ready is there */
byte claimed_by;                /* worker + 1 */
byte claim_token;
byte locked;                    /* the session that has that row locked */
byte stored;                    /* under which token the success is stored */
byte effects;                   /* how often the effect has taken place */

#define NOW(w)  (2 * w + 1)     /* the session of a worker's present connection */
#define LATE(w) (2 * w + 2)     /* the one of a connection that broke during its commit */

/* The workers, with one attempt each. */
mtype phase[WORKERS];
byte held[WORKERS];             /* the token of its claim */
mtype session[WORKERS];
bool late[WORKERS];             /* an old session has not come to its end */
byte late_token[WORKERS];
bool dead[WORKERS];
byte living = WORKERS;
byte faults = FAULTS;
hidden byte n;

inline unlock(s) {
  if
  :: locked == s -> locked = 0
  :: else
  fi
}

/* COMMIT of effect and record. */
inline commit(w, token) {
  assert(stored == 0);                                               /* a success is stored once */
  assert(claimed_by == w + 1 && claim_token == token);               /* and by nobody who has lost the run */
#ifndef APART
  effects++;
#endif
  stored = token;
  assert(effects == 1)                                               /* as many effects as successes */
}

proctype Sessions(byte w) {
end:
  do
  :: atomic { session[w] == Asked -> commit(w, held[w]); unlock(NOW(w)); session[w] = Answered }
  :: atomic { late[w] -> commit(w, late_token[w]); unlock(LATE(w)); late[w] = false }
  :: atomic { late[w] -> unlock(LATE(w)); late[w] = false }          /* it had not come to its commit */
  od
}

/* The next step, unless the session is gone: then there is no effect, and it is tried again. */
inline goOn(w, next) {
  if
  :: session[w] == Open -> phase[w] = next
  :: else -> phase[w] = Claimed
  fi
}

proctype Attempt(byte w) {
end:
  do
  :: atomic { phase[w] == Idle && !dead[w] && ready && claimed_by == 0 && locked == 0 ->
      claimed_by = w + 1; claim_token++; held[w] = claim_token;
      phase[w] = (stored -> Known : Claimed) }
  :: atomic { phase[w] == Claimed && locked == 0 ->                  /* BEGIN, fence_v1 */
      if
      :: IS_HELD(w) -> LOCK(NOW(w)); session[w] = Open; phase[w] = Fenced
      :: else -> phase[w] = Idle; held[w] = 0
      fi }
  :: atomic { phase[w] == Fenced -> goOn(w, Affected);               /* the effect */
#ifdef APART
      if
      :: phase[w] == Affected -> effects++; assert(effects == 1)
      :: else
      fi
#endif
    }
  :: atomic { phase[w] == Affected -> goOn(w, Recorded) }            /* record_v1, and its reply */
  :: atomic { phase[w] == Recorded -> goOn(w, Committing);
      if
      :: phase[w] == Committing -> session[w] = Asked
      :: else
      fi }
  :: atomic { phase[w] == Committing && session[w] == Answered -> session[w] = None; phase[w] = Known }
  :: atomic { phase[w] == Committing && session[w] == None ->
#ifdef UNCONFIRMED
      phase[w] = Claimed                                             /* it takes it for failed */
#else
      phase[w] = Doubt
#endif
    }
  :: atomic { phase[w] == Doubt && HAS_WAITED(w) ->                  /* confirm_v1 */
      phase[w] = (stored != 0 && stored == held[w] -> Known : Claimed) }
  :: atomic { phase[w] == Known && locked == 0 ->                    /* the record that ends the run */
      if
      :: claimed_by == w + 1 && claim_token == held[w] -> assert(stored != 0); ready = false; claimed_by = 0
      :: else
      fi;
      phase[w] = Idle; held[w] = 0 }
  od
}

/* The connection breaks, or the server ends a session that stands idle. */
inline lose(w) {
  if
  :: session[w] == Open -> unlock(NOW(w))
  :: session[w] == Asked ->
      late[w] = true; late_token[w] = held[w];
      if
      :: locked == NOW(w) -> locked = LATE(w)
      :: else
      fi
  :: else
  fi;
  session[w] = None
}

inline crash(w) {
  lose(w);
  dead[w] = true; living--; phase[w] = Idle; held[w] = 0
}

/* rescue_v1 leaves a row that somebody has locked. */
inline rescue(w) { claimed_by = 0; claim_token++ }

inline restart() {
  for (n : 0 .. WORKERS - 1) { session[n] = None; late[n] = false };
  locked = 0; faults--
}

proctype Faults(byte w) {
end:
  do
  :: atomic { faults > 0 && session[w] != None && !late[w] -> d_step { lose(w); faults-- } }
  :: atomic { faults > 0 && !dead[w] && living > 1 && !late[w] -> d_step { crash(w); faults-- } }
  :: atomic { faults > 0 && !dead[w] && claimed_by == w + 1 && locked == 0 -> d_step { rescue(w); faults-- } }
  :: atomic { dead[w] && claimed_by == w + 1 && locked == 0 -> d_step { rescue(w) } }  /* the dead are found */
  :: atomic { faults > 0 && w == 0 -> d_step { restart() } }
  :: atomic { faults > 0 && w == 0 -> faults = 0 }                   /* no more of them */
  od
}

/* When nothing is left to happen, the run has ended, and its effect is there once. */
proctype Judge() {
  timeout -> assert(!ready && stored != 0 && effects == 1)
}

init {
  atomic {
    for (n : 0 .. WORKERS - 1) {
      phase[n] = Idle; session[n] = None;
      run Attempt(n); run Sessions(n); run Faults(n)
    };
    run Judge()
  }
}
