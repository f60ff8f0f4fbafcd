import SwellModel

/// What most runs have nothing of. A state is copied before each record, so this is shared.
extension RunState {
  struct Rare: Sendable {
    static let none = Shared(Rare())

    var units: [Unit] = []
    var repetitions: [Int: RepetitionState] = [:]
    var storedUnits: [Int: [StoredNode]] = [:]
    var stopped: Set<Int> = []
    var held: [Int] = []
    var inbox: [Message] = []
    var circuitNames: [Int: String] = [:]
    var losses: [WorkerLoss] = []
    var cancel: CancelRequest?
    var misfit: Payload?
    var failures: [Int] = []
    var owed: Set<Int> = []
  }

  /// What the units behind the workflow's own nodes are.
  var units: [Unit] {
    _read { yield rare.value.units }
    _modify { yield &rare.value.units }
  }

  /// The maps and loops that are on their way, by node.
  var repetitions: [Int: RepetitionState] {
    _read { yield rare.value.repetitions }
    _modify { yield &rare.value.repetitions }
  }

  /// Rows of units whose node has not been looked at yet, by node.
  var storedUnits: [Int: [StoredNode]] {
    _read { yield rare.value.storedUnits }
    _modify { yield &rare.value.storedUnits }
  }

  /// Nodes whose child runs have been asked to end.
  var stopped: Set<Int> {
    _read { yield rare.value.stopped }
    _modify { yield &rare.value.stopped }
  }

  /// Maps that have more child runs than the record may still enqueue.
  var held: [Int] {
    _read { yield rare.value.held }
    _modify { yield &rare.value.held }
  }

  /// Messages that nothing has used up, in the order of their ids.
  public internal(set) var inbox: [Message] {
    _read { yield rare.value.inbox }
    _modify { yield &rare.value.inbox }
  }

  /// The circuits of the nodes that are under one, as they were planned last.
  var circuitNames: [Int: String] {
    _read { yield rare.value.circuitNames }
    _modify { yield &rare.value.circuitNames }
  }

  /// Who died, and in which wave.
  public internal(set) var losses: [WorkerLoss] {
    _read { yield rare.value.losses }
    _modify { yield &rare.value.losses }
  }

  public internal(set) var cancel: CancelRequest? {
    get { rare.value.cancel }
    set {
      rare.value.cancel = newValue
      isCancelled = newValue != nil
    }
  }

  /// Why what the run would give does not fit its workflow's schema; known once all has ended well.
  var misfit: Payload? {
    get { rare.value.misfit }
    set {
      rare.value.misfit = newValue
      isMisfit = newValue != nil
    }
  }

  /// Nodes that failed, in the order in which they did.
  public internal(set) var failures: [Int] {
    _read { yield rare.value.failures }
    _modify { yield &rare.value.failures }
  }

  /// The nodes that were due at the claim after a crash and have no outcome yet.
  var owed: Set<Int> {
    _read { yield rare.value.owed }
    _modify { yield &rare.value.owed }
  }
}
