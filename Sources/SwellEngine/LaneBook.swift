import SwellStore

/// The lanes as a recorder knows them, and where it looks for work.
struct LaneBook {
  private var ids: [LaneKey: Int32] = [:]
  /// The kinds of each lane, joined.
  private var kindsOf: [Int32: String] = [:]
  private(set) var open: [Int32] = []
  private var bounds: [Place: Int64] = [:]
  private var rotation = 0
  /// The priorities that the runs of a lane had at the last unbounded look.
  private var used: [Int32: Set<Int16>] = [:]
  /// Up to so many lanes are searched whole each time.
  private static let few = 16
  private let kinds: Set<String>
  private let queues: Set<String>?

  /// How far down a claim looks: from the bounds; from a second below them, where a row may have
  /// committed late; from the beginning of time.
  enum Look {
    case near, back, everywhere
  }

  /// How long the transaction of an enqueuer may take and still be seen with its notification, in
  /// microseconds; a longer one waits for the next look everywhere.
  private static let lateCommit: Int64 = 1_000_000

  struct Place: Hashable {
    var lane: Int32
    var priority: Int16
  }

  init(kinds: [String], queues: [String]?) {
    self.kinds = Set(kinds)
    self.queues = queues.map(Set.init)
  }

  func serves(queue: String) -> Bool {
    queues?.contains(queue) ?? true
  }

  /// Takes over the lanes that an unbounded look returned.
  ///
  /// Returns whether it found runs where the look itself had not searched.
  @discardableResult
  mutating func update(_ lanes: [LaneReport]) -> Bool {
    let before = used
    var hasNews = false
    ids = [:]
    kindsOf = [:]
    open = []
    used = [:]
    for lane in lanes {
      let key = LaneKey(queue: lane.queue, kinds: lane.kinds)
      ids[key] = lane.lane
      kindsOf[lane.lane] = key.joinedKinds
      guard lane.open, serves(queue: lane.queue) else { continue }
      if lane.kinds.isEmpty || lane.kinds.contains(where: kinds.contains) {
        open.append(lane.lane)
        used[lane.lane] = Set(lane.priorities)
        if !used[lane.lane, default: []].isSubset(of: before[lane.lane, default: []]) {
          hasNews = true
        }
      }
    }
    return hasNews && open.count > Self.few
  }

  mutating func add(_ lanes: [LaneKey: Int32]) {
    ids.merge(lanes) { _, new in new }
    for (key, lane) in lanes { kindsOf[lane] = key.joinedKinds }
  }

  /// Whether any look finds what is new in a lane. Not so of many lanes, of which only some are
  /// searched; nor of everybody's lane, whose news may be a lane that was made a moment ago.
  func isAlwaysSearched(_ lane: Int32) -> Bool {
    kindsOf[lane] != nil && open.count <= Self.few
  }

  /// The kinds that a lane is for, joined; nil for one that is not known, or is for all.
  func joinedKinds(of lane: Int32) -> String? { kindsOf[lane] }

  /// Whether a run was found where the last unbounded look had seen nothing: of many lanes others may
  /// have more, and of higher priority.
  func isNews(lane: Int32, priority: Int16) -> Bool {
    open.count > Self.few && lane > LaneKey.everybodys
      && used[lane]?.contains(priority) != true
  }

  /// The lane of a step that needs the kinds; nil when it has to be made first.
  func lane(queue: String, joinedKinds: String) -> Int32? {
    joinedKinds.isEmpty ? 1 : ids[LaneKey(queue: queue, joinedKinds: joinedKinds)]
  }

  /// Where to look: highest priority first, lanes of one priority in turn. Of many lanes, only
  /// where there was something at the last unbounded look.
  ///
  /// - Parameter all: names every lane at least once, to be marked as idle.
  mutating func places(_ look: Look, all: Bool) -> [ClaimCall.Place] {
    var lanes = [LaneKey.everybodys] + open
    rotation = (rotation + 1) % lanes.count
    lanes = Array(lanes[rotation...] + lanes[..<rotation])
    var places: [ClaimCall.Place] = []
    places.reserveCapacity(lanes.count * 10)
    for priority in stride(from: Int16(9), through: 0, by: -1) {
      for lane in lanes
      where open.count <= Self.few || lane == LaneKey.everybodys
        || used[lane]?.contains(priority) == true
        || all && priority == 0
      {
        let bound =
          switch look {
          case .near: bounds[Place(lane: lane, priority: priority)] ?? 0
          case .back: max(0, (bounds[Place(lane: lane, priority: priority)] ?? 0) - Self.lateCommit)
          case .everywhere: Int64(0)
          }
        places.append(ClaimCall.Place(lane: lane, priority: priority, bound: bound))
      }
    }
    return places
  }

  /// Nothing that is due lies below what was claimed last, but for rows that committed late,
  /// which an unbounded look finds.
  mutating func raiseBound(lane: Int32, priority: Int16, to dueAt: Int64) {
    let place = Place(lane: lane, priority: priority)
    bounds[place] = max(bounds[place] ?? 0, dueAt)
  }

  /// Forgets which lanes there are for what: another server may not have them. Those that are searched stay.
  mutating func forgetLanes() {
    ids = [:]
  }

  mutating func forgetBounds() {
    bounds = [:]
  }
}
