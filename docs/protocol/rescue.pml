/* Whom the rescuers may give up, as time goes by. model.md explains this file, scripts/model
 * checks it. What becomes of the claims of who was given up is in claims.pml.
 *
 * Time goes in ticks, the distance of two looks. A worker that can beats in every tick, comes back
 * at once when its connection alone breaks, and within RETRY ticks after anything else. Rescuers
 * look as early or as late as they like.
 */
#ifndef WORKERS
#define WORKERS 2               /* or 3 */
#endif
#ifndef FAULTS
#define FAULTS 3                /* so many, of any kind and at any moment, in one history */
#endif
#define RETRY 2
#define TRUST 1                 /* for so long a rescuer is connected before it believes pg_locks */
#define RETURN 3                /* and for so long only of workers that have beaten since, if it came back from a break */
#define LIMIT 3                 /* a heartbeat so old is a dead worker's; and the trust for that rule */

/* What the broken variants leave out. */
#ifdef NO_CAUTION
#define TRUSTS(w, ticks) true
#else
#define TRUSTS(w, ticks) (seen[w] >= ticks)
#endif
#ifdef NO_RETURN
#define JUDGES(w, v) true
#else
#define JUDGES(w, v) (beaten[AT(w, v)] || TRUSTS(w, RETURN))
#endif
#ifdef ONE_LOOK
#define SUSPECTED(w, v) true
#else
#define SUSPECTED(w, v) (suspected[AT(w, v)] == 2)
#endif

mtype = { Nobody, Session, OldSession };        /* who holds a worker's advisory lock */

bool up = true;                 /* the server */
byte faults = FAULTS, living = WORKERS;

/* The tables, and pg_locks. */
bool given_up[WORKERS];         /* worker.state is dead */
bool locked[WORKERS];           /* worker.locked */
byte age[WORKERS];              /* of worker.heartbeat_at */
mtype lock[WORKERS];            /* OldSession: its client is gone, the server has not noticed */

/* The workers. */
bool crashed[WORKERS], stalled[WORKERS], cut[WORKERS];
bool online[WORKERS];           /* its liveness connection is registered */
byte patience[WORKERS];         /* so many ticks may pass until it is */
byte seen[WORKERS];             /* so many its rescuer's connection has been up */
#define AT(w, v) ((w) * WORKERS + (v))
bool beaten[WORKERS * WORKERS]; /* since w's rescuer came back, v has beaten */
byte suspected[WORKERS * WORKERS];              /* by w: 1 in a look since the last tick, 2 before */
bool excused[WORKERS];          /* it crashed, was stopped or cut off since it last beat */

hidden byte i, n;

#define REACHES(w) (up && !crashed[w] && !stalled[w] && !cut[w])
#define LIKE_DEAD(w, v) ((TRUSTS(w, TRUST) && JUDGES(w, v) && locked[v] && lock[v] == Nobody) || \
  (TRUSTS(w, LIMIT) && age[v] >= LIMIT))
#define OLDER(a)  (a < LIMIT -> a + 1 : LIMIT)
#define CONNECTED(w) (up && !crashed[w] && !cut[w])     /* its rescuer */

inline beat(v) {
  age[v] = 0; excused[v] = false;
  for (i : 0 .. WORKERS - 1) { beaten[AT(i, v)] = beaten[AT(i, v)] || CONNECTED(i) };
  i = 0
}

/* register_v1, on a new connection, or because a heartbeat was answered "unknown" or did not find
 * the worker's own lock. */
proctype Liveness(byte w) {
end:
  do
  :: atomic { REACHES(w) && (!online[w] || given_up[w] || !locked[w] && lock[w] == Nobody) ->
      d_step {
        if
        :: lock[w] == OldSession -> locked[w] = false
        :: else -> lock[w] = Session; locked[w] = true
        fi;
        online[w] = true; given_up[w] = false; patience[w] = 0; beat(w)
      } }
  od
}

/* rescue_v1 by worker w, of worker v. */
proctype Rescuer(byte w, v) {
end:
  do
  :: atomic { REACHES(w) && !given_up[v] && LIKE_DEAD(w, v) && suspected[AT(w, v)] == 0 -> suspected[AT(w, v)] = 1 }
  :: atomic { REACHES(w) && (given_up[v] || !LIKE_DEAD(w, v)) && suspected[AT(w, v)] > 0 -> suspected[AT(w, v)] = 0 }
  :: atomic { REACHES(w) && !given_up[v] && LIKE_DEAD(w, v) && SUSPECTED(w, v) ->
      d_step {
        assert(excused[v]);     /* nobody is given up for what befell the server */
        given_up[v] = true; locked[v] = false; suspected[AT(w, v)] = 0
      } }
  od
}

#define IN_ORDER(w) (!REACHES(w) || online[w] || patience[w] > 0)
#define BEATS(w)    (REACHES(w) && online[w] && !given_up[w])
#define MATTERS(w)  ((BEATS(w) -> age[w] > 0 || excused[w] : age[w] < LIMIT) || patience[w] > 0 || \
  (CONNECTED(w) && seen[w] < LIMIT) || \
  suspected[AT(w, 0)] == 1 || suspected[AT(w, 1)] == 1 || suspected[AT(w, WORKERS - 1)] == 1)

/* A tick, unless somebody is still to do what he does within one, or it would change nothing. */
proctype Clock() {
end:
  do
  :: atomic { IN_ORDER(0) && IN_ORDER(1) && IN_ORDER(WORKERS - 1) && (MATTERS(0) || MATTERS(1) || MATTERS(WORKERS - 1)) ->
      d_step {
        for (n : 0 .. WORKERS - 1) {
          if
          :: BEATS(n) -> beat(n)
          :: else -> age[n] = OLDER(age[n])
          fi;
          if :: patience[n] > 0 -> patience[n]-- :: else fi;
          if :: CONNECTED(n) -> seen[n] = OLDER(seen[n]) :: else fi;
          for (i : 0 .. WORKERS - 1) { if :: suspected[AT(n, i)] == 1 -> suspected[AT(n, i)] = 2 :: else fi }
        };
        n = 0
      } }
  od
}

#define SUSPECT(w) (suspected[AT(0, w)] + suspected[AT(1, w)] + suspected[AT(WORKERS - 1, w)] > 0)

/* A worker's connections are gone: its liveness is to come back, its rescuer begins anew. */
inline disconnect(w, its_lock) {
  online[w] = false; seen[w] = 0; lock[w] = its_lock;
  for (i : 0 .. WORKERS - 1) { suspected[AT(w, i)] = 0; beaten[AT(w, i)] = false };
  patience[w] = 0
}
#define GONE(w) (lock[w] == Session -> OldSession : lock[w])

inline restart() {
  for (n : 0 .. WORKERS - 1) { disconnect(n, Nobody) };
  up = false; faults--
}

proctype Faults(byte w) {
end:
  do
  :: atomic { faults > 0 && !crashed[w] && living > 1 ->
      d_step { disconnect(w, GONE(w)); crashed[w] = true; stalled[w] = false; cut[w] = false; excused[w] = true; living--; faults-- } }
  :: atomic { faults > 0 && !crashed[w] && !stalled[w] -> d_step { stalled[w] = true; excused[w] = true; faults-- } }
  :: atomic { faults > 0 && !crashed[w] && !cut[w] ->
      d_step { disconnect(w, GONE(w)); cut[w] = true; excused[w] = true; faults-- } }
  /* Its liveness connection alone; who sees that in both looks cannot know of the time between. */
  :: atomic { faults > 0 && lock[w] == Session ->
      d_step { lock[w] = Nobody; online[w] = false; excused[w] = excused[w] || SUSPECT(w); faults-- } }
  :: atomic { faults > 0 && w == 0 && up -> d_step { restart() } }
  :: atomic { faults > 0 && w == 0 -> faults = 0 }                   /* no more of them */
  od
}

#define BACK(w) patience[w] = (REACHES(w) && !online[w] -> RETRY : 0)

/* What was broken comes back, but for processes; the server notices who is gone. */
proctype Mending(byte w) {
end:
  do
  :: atomic { w == 0 && !up -> d_step { up = true; for (n : 0 .. WORKERS - 1) { BACK(n) }; n = 0 } }
  :: atomic { stalled[w] -> d_step { stalled[w] = false; BACK(w) } }
  :: atomic { cut[w] -> d_step { cut[w] = false; BACK(w) } }
  :: atomic { lock[w] == OldSession -> lock[w] = Nobody }
  od
}

/* When nothing is left to happen, the dead are given up and the living are not. */
#define RIGHT(w) (crashed[w] -> given_up[w] : !given_up[w] && online[w] && locked[w] && lock[w] == Session)

proctype Judge() { timeout -> assert(RIGHT(0) && RIGHT(1) && RIGHT(WORKERS - 1)) }

init {
  atomic {
    for (n : 0 .. WORKERS - 1) {
      lock[n] = Session; locked[n] = true; online[n] = true; seen[n] = LIMIT;
      run Liveness(n); run Faults(n); run Mending(n);
      for (i : 0 .. WORKERS - 1) { beaten[AT(n, i)] = true; if :: i != n -> run Rescuer(n, i) :: else fi }
    };
    run Clock(); run Judge()
  }
}
