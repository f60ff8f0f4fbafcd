// The benchmark program behind `swell bench`: each case on a fresh database of a private server
// with fsync and synchronous_commit on, beside the limit, which is the same rows stored by bare
// statements in the same run. Figures of one run compare; figures of two machines do not.
