/// How many runs the next claim asks for: many small ones, few large ones.
///
/// Nobody knows how large a run is before it was read. So the first claim asks for few, each
/// one that went well allows twice as many, and what the last one carried bounds the next, so
/// that neither a call runs out of time nor the process out of memory.
struct ClaimPace: Hashable {
  /// Beyond it a batch gains nothing, but for the turn.
  static let most = 500
  private static let first = 32
  /// So many of them allow larger ones, where others wait.
  private static let enough = 8
  /// What one claim is to carry, in bytes of input and stored results.
  static let bytesPerClaim = 16 << 20
  /// What one recorder holds before it claims no more, in the same bytes.
  static let bytesHeld = 128 << 20

  private var limit = first
  /// How many claims of `most` runs have gone well since one ran late.
  private var wentWell = enough
  private var bytesPerRun = 0
  /// How often its usual time the server may be silent over a claim of a single run.
  private(set) var patience = 1

  /// How many runs to ask for.
  ///
  /// - Parameters:
  ///   - room: how many more may be held.
  ///   - held: the bytes that are held.
  ///   - isContended: whether others claim from the same lanes. One claims at a time, so that the
  ///     more each takes, the less of the time is spent on passing the turn on.
  func runs(room: Int, held: Int, isContended: Bool) -> Int {
    let left = Self.bytesHeld - held
    guard room > 0, left > 0 else { return 0 }
    let limit =
      isContended && limit == Self.most && wentWell >= Self.enough
      ? min(Self.most * 2, Self.bytesPerClaim / max(1, bytesPerRun)) : limit
    return max(1, min(room, limit, left / max(1, bytesPerRun)))
  }

  /// A claim brought so many runs of so many bytes together.
  mutating func took(runs: Int, bytes: Int) {
    guard runs > 0 else { return }
    bytesPerRun = bytes / runs
    patience = 1
    if runs >= Self.most { wentWell = min(wentWell + 1, Self.enough) }
    limit = max(1, min(Self.most, limit * 2, Self.bytesPerClaim / max(1, bytesPerRun)))
  }

  /// A claim met what the database cannot read.
  mutating func wasRefused() {
    wentWell = 0
    limit = 1
  }

  /// A claim did not return within its time. Of a single run the server may have much to read before it says anything.
  mutating func ranLate() {
    wentWell = 0
    if limit == 1 { patience = min(Recorder.mostPatience, patience * 2) }
    limit = max(1, limit / 4)
  }
}
