// The benchmark program behind `swell bench`: each case on a fresh database of a private server
// with fsync and synchronous_commit on, with worker processes of its own, beside its limit, which is
// the same rows stored by bare statements in the same run. Figures of one run compare; figures of
// two machines do not.
//
//   BenchCase ── what is measured          Bench ── server, database, and what a case may use
//   Workload ── a graph and its rows       WorkerFleet ── worker processes, one BenchWorker each
//   *Benchmark ── one way of measuring     BenchResult ── one figure, with all that belongs to it
