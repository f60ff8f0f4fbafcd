import SwellCore
import SwellModel
import SwellPostgres
import SwellStore

/// A run that a recorder holds. Belongs to one recorder and never leaves it.
final class HeldRun {
  let id: PostgresUUID
  let token: Int64
  /// Which one of its recorder's it is, of all so far: a server that was a standby may give a token again that its
  /// primary gave in its last moments.
  let hold: Int
  let queue: String
  let claimed: Moment
  /// When its first node was started.
  var started: Moment?
  var state: RunState
  /// What was decided and is not stored yet.
  var changes = Changes()
  /// Attempts that ended and that no record has taken up.
  var completions: [Completion] = []
  var attempts: [Int: Attempt] = [:]
  /// The kinds whose lane is stored in the run's row.
  var laneKinds: String?
  var crashes: Int
  /// Of its input and of its results.
  var bytes: Int { state.bytes }
  /// Signals that arrived, by id, so that each is taken once.
  var seenSignals: Set<Int64> = []
  /// Whether another server has taken over since it was claimed, which may not have got all that is known here: these ids
  /// may be those of other signals by now.
  var isFromElsewhere = false
  /// Signals of crashes, deleted once the run has got over them.
  var crashSignals: [Int64] = []
  /// Of a child, whose it is and what of it.
  var family: Family?
  /// Whether there are more messages than the claim has brought.
  var hasMoreMessages = false
  /// Signals that the server could not read when they were told.
  var unreadableSignals: Set<Int64> = []
  /// When it asks again whether somebody has spoken to it, and how often in a row it did not learn all.
  var nextHearing = Moment(microseconds: .min)
  var hearings = 0
  /// Somebody wants nothing more of it to start: it is given back once nothing is in flight.
  var isPausing = false
  /// Whether nothing more of it starts.
  var isStanding: Bool { isPausing || !unreadableSignals.isEmpty }
  /// The signal that said so, or the contrary.
  var lastWish: Int64 = 0
  var wavesHeld = 0
  /// How often in a row its row was found locked.
  var busyTries = 0
  var isQueued = false
  /// Whether a record of it is on its way, before whose reply nothing of it may start.
  var isInFlight = false
  /// Whether its last record was stored and what that allows is not started yet.
  var awaitsStart = false
  /// The transaction of one of its attempts that is open: until it ends, no record of this run is sent.
  var transaction: OpenTransaction?
  /// Whether what is stored of it was not looked at for that, after a break.
  var isUnreconciled = false
  /// Attempts that want one, in turn.
  var waitingTickets: [TransactionTicket] = []
  /// Whether something came up during a transaction that a record has to say.
  var isDeferred = false
  /// Whether that record goes before the next transaction.
  var owesRecord = false
  /// Whether the next record says only what has ended: the server refused that together with what follows.
  var recordsEndsOnly = false
  /// Whether some of its completions are kept back while the server is asked which of them it refuses.
  var isIsolating = false
  /// Why nothing of it can be planned: its definition cannot be read, or the server refuses what follows.
  var refusal: NodeError?
  /// Whether its definition cannot be read: it is held to be ended, and its state is not what it says.
  var isUnreadable = false
  /// How many records with that the server has refused.
  var refusedRefusals = 0

  struct Family {
    var parent: PostgresUUID
    var place: ChildPlace
  }

  /// One attempt in flight.
  struct Attempt {
    /// Cancels it, and knows when it began to execute; waiting for its turn does not count.
    var handle: AttemptHandle
    var number: Int
    var wave: Int
    var started: Moment
    /// How long it may execute.
    var timeout: Duration
    /// Why it was stopped, and when its slot counts as leaked.
    var stopped: (reason: StopReason, leaksAt: Moment)?
    /// Whether its success is being committed with its effect: then it is not stopped any more.
    var isCommitting = false
  }

  struct OpenTransaction {
    var ticket: TransactionTicket
    /// What its commit stores, once that is decided.
    var item: Recorder.Item?
    /// How its attempt has ended, if that did not wait for the commit.
    var late: Completion?
  }

  enum StopReason {
    case timeout
    case ending
    /// Its output is more than its run may keep.
    case noRoom
  }

  /// Takes the first of its completions, at least one, up to so many bytes of output: a record of all that ends together
  /// may be more than a call can carry in its time.
  func takeCompletions(upTo most: Int) -> [Completion] {
    var bytes = 0
    let taken = completions.prefix { completion in
      guard bytes <= most else { return false }
      if case .success(let output) = completion.result { bytes += output.bytes.count }
      return true
    }
    completions.removeFirst(taken.count)
    return Array(taken)
  }

  init(
    id: PostgresUUID, token: Int64, hold: Int, queue: String, state: RunState, claimed: Moment,
    crashes: Int
  ) {
    self.id = id
    self.token = token
    self.hold = hold
    self.queue = queue
    self.state = state
    self.claimed = claimed
    self.crashes = crashes
  }
}
