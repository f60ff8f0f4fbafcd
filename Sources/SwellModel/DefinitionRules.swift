/// The rules about how nodes refer to each other, over all nodes of a definition.
struct DefinitionRules {
  let drafts: [NodeDraft]
  let onError: [NodeDraft.Reference]
  var report: DefinitionReport
  private(set) var errorHandlers: [Int] = []
  private(set) var handlers: Set<Int> = []
  private(set) var indices: [String: Int] = [:]
  /// What was written in `needs`, then what only expressions read.
  var needs: [[Int]] = []
  private var declaredNeeds: [Int] = []
  private var fallback: [Int?] = []
  /// The first node that names each as its fallback.
  private(set) var primary: [Int?] = []
  var then: [[Int]] = []
  var otherwise: [[Int]] = []
  /// What the expressions of a node read, where they do.
  var reads: [Int: [NodeDraft.Reference]] = [:]
  /// Of each branch, where its arms lead.
  var arms: [[[Int]]] = []

  init(drafts: [NodeDraft], onError: [NodeDraft.Reference], report: DefinitionReport) {
    self.drafts = drafts
    self.onError = onError
    self.report = report
    for (index, draft) in drafts.enumerated() { indices[draft.id] = index }
  }

  /// The nodes with their references as indices; problems go to the report.
  mutating func resolve() -> [Node] {
    needs = drafts.map { draft in
      draft.needs.compactMap { lookUp($0, from: draft, self: "self_need") }
    }
    fallback = drafts.map { draft in
      draft.fallback.flatMap { lookUp($0, from: draft, self: "self_fallback") }
    }
    declaredNeeds = needs.map(\.count)
    primary = drafts.map { _ in nil }
    errorHandlers = onError.compactMap { lookUp($0, from: nil, self: "") }
    handlers = Set(errorHandlers)
    checkFallbacks()
    checkErrorHandlers()
    checkNodes()
    resolveControlEdges()
    readExpressions()
    checkChildren()
    checkFallbackCycles()
    checkCycles()
    if !drafts.isEmpty, !drafts.indices.contains(where: isOrdinary) {
      report.add(
        "no_start", "every node is a fallback or in onError; a workflow needs one that is neither",
        path: "nodes", at: drafts[0].place)
    }
    return drafts.indices.map { index in
      var node = drafts[index].node
      node.needs = needs[index]
      node.readOnlyNeeds = needs[index].count - declaredNeeds[index]
      node.fallback = fallback[index]
      node.then = then[index]
      node.otherwise = otherwise[index]
      if case .branch = node.control {
        node.control = .branch(
          zip(drafts[index].arms, arms[index]).map { Control.Arm(when: $0.when, then: $1) })
      }
      return node
    }
  }

  private static let selfReferences = [
    "self_need": "a node cannot need itself", "self_fallback": "a node cannot stand in for itself",
    "self_edge": "a node cannot lead to itself",
    "self_read": "a node cannot read its own output",
  ]

  func isOrdinary(_ index: Int) -> Bool {
    primary[index] == nil && !handlers.contains(index)
  }

  mutating func lookUp(
    _ reference: NodeDraft.Reference, from draft: NodeDraft?, self code: String
  ) -> Int? {
    guard let index = indices[reference.id] else {
      report.add(
        "unknown_node", "there is no node '\(reference.id.shortened)'", path: reference.path,
        at: reference.place,
        suggestion: report.suggestion(for: reference.id, among: drafts.lazy.map(\.id)))
      return nil
    }
    guard reference.id != draft?.id else {
      report.add(
        code,
        Self.selfReferences[code] ?? "a node cannot refer to itself",
        path: reference.path, at: reference.place)
      return nil
    }
    return index
  }

  private mutating func checkFallbacks() {
    for (index, draft) in drafts.enumerated() {
      guard let target = fallback[index], let reference = draft.fallback else { continue }
      func add(_ code: String, _ message: String) {
        report.add(code, message, path: reference.path, at: reference.place)
      }
      if let other = primary[target] {
        add(
          "fallback_shared",
          "'\(reference.id)' is already the fallback of '\(drafts[other].id)'; "
            + "a fallback stands in for one node")
        continue
      }
      primary[target] = index
      if handlers.contains(target) {
        add("fallback_on_error", "'\(reference.id)' is in onError and cannot be a fallback too")
      }
      if !drafts[target].needs.isEmpty {
        add(
          "fallback_needs",
          "the fallback '\(reference.id)' has needs of its own; it gets the input "
            + "of '\(draft.id)'")
      }
    }
  }

  private mutating func checkErrorHandlers() {
    for (index, draft) in drafts.enumerated() where primary[index] == nil {
      for reference in draft.needs {
        guard let target = indices[reference.id], target != index else { continue }
        if let first = primary[target] {
          report.add(
            "fallback_needed",
            "'\(reference.id)' is the fallback of '\(drafts[first].id)'; need "
              + "'\(drafts[first].id)', whose output it stands in for", path: reference.path,
            at: reference.place)
        } else if handlers.contains(index), !handlers.contains(target) {
          report.add(
            "on_error_needs", "'\(draft.id)' is in onError and can only need nodes that are",
            path: reference.path, at: reference.place)
        } else if !handlers.contains(index), handlers.contains(target) {
          report.add(
            "on_error_needed", "'\(reference.id)' is in onError and runs only after a failure",
            path: reference.path, at: reference.place)
        }
      }
    }
  }

  private mutating func checkNodes() {
    for draft in drafts {
      let node = draft.node
      if let place = draft.joinPlace {
        let path = draft.path + ".join"
        if draft.needs.isEmpty {
          report.add(
            "join_without_needs", "join means nothing without needs", path: path, at: place)
        } else if case .atLeast(let count) = node.join, count > draft.needs.count {
          report.add(
            "join_too_large",
            "join waits for \(count) nodes, but there are \(draft.needs.count) "
              + "needs", path: path, at: place)
        }
      }
      if let place = draft.whenOpenPlace {
        let path = draft.path + ".whenOpen"
        if !node.mayHaveCircuit {
          report.add(
            "when_open_without_circuit", "whenOpen means nothing without circuit", path: path,
            at: place)
        }
        if node.whenOpen == .fallback, draft.fallback == nil {
          report.add(
            "when_open_without_fallback", "whenOpen: fallback needs a fallback", path: path,
            at: place)
        }
      }
    }
  }

  private mutating func checkFallbackCycles() {
    var seen = drafts.map { _ in -1 }
    for start in drafts.indices {
      var at: Int? = start
      while let index = at, seen[index] < 0 {
        seen[index] = start
        at = fallback[index]
      }
      guard let index = at, seen[index] == start else { continue }
      var cycle = [index]
      while let next = fallback[cycle[cycle.count - 1]], next != index { cycle.append(next) }
      if cycle.count > 1 { addCycle("fallback_cycle", "fallbacks go round", cycle) }
    }
  }

  /// Peels off nodes whose needs are all peeled; what stays has a cycle, which is reported
  /// and taken out, until nothing stays. No recursion: a chain may be 10,000 long.
  private mutating func checkCycles() {
    let needs = waitsFor
    var dependents: [[Int]] = drafts.map { _ in [] }
    var missing = needs.map(\.count)
    for (index, needed) in needs.enumerated() {
      for target in needed { dependents[target].append(index) }
    }
    var ready = drafts.indices.filter { missing[$0] == 0 }
    var isDone = drafts.map { _ in false }
    for start in drafts.indices {
      while let index = ready.popLast() {
        if isDone[index] { continue }
        isDone[index] = true
        for dependent in dependents[index] {
          missing[dependent] -= 1
          if missing[dependent] == 0 { ready.append(dependent) }
        }
      }
      if isDone[start] { continue }
      var position: [Int: Int] = [:]
      var walk: [Int] = []
      var at = start
      while position[at] == nil {
        position[at] = walk.count
        walk.append(at)
        guard let next = needs[at].first(where: { !isDone[$0] }) else { break }
        at = next
      }
      let cycle = Array(walk[(position[at] ?? 0)...])
      addCycle("cycle", "nodes need each other", cycle)
      ready = cycle
    }
  }

  /// All that a node waits for: what it reads, what leads to it, and what may stand in for those; a
  /// fallback waits for its primary.
  private var waitsFor: [[Int]] {
    var all = needs
    for index in drafts.indices {
      for target in then[index] + otherwise[index] + arms[index].flatMap({ $0 }) {
        all[target].append(index)
      }
    }
    for index in drafts.indices {
      // Of a chain of fallbacks that goes round, which is reported by itself, each one once.
      var seen = Set(all[index])
      var place = 0
      while place < all[index].count {
        if let standIn = fallback[all[index][place]], standIn != index,
          seen.insert(standIn).inserted
        {
          all[index].append(standIn)
        }
        place += 1
      }
    }
    for (index, target) in fallback.enumerated() {
      if let target, !all[index].contains(target), primary[target] == index {
        all[target].append(index)
      }
    }
    return all
  }

  private mutating func addCycle(_ code: String, _ message: String, _ cycle: [Int]) {
    // The smallest first: the same cycle is always written the same way.
    let first = cycle.indices.min { cycle[$0] < cycle[$1] } ?? 0
    let turned = Array(cycle[first...] + cycle[..<first])
    let draft = drafts[turned[0]]
    let next = drafts[turned[1 % turned.count]].id
    let edges =
      draft.needs + draft.then + draft.otherwise + draft.arms.flatMap(\.then)
    let reference =
      code == "cycle"
      ? edges.first { $0.id == next } ?? reads[turned[0]]?.first { $0.id == next }
      : draft.fallback
    var names = turned.map { drafts[$0].id }
    if names.count > 20 { names.replaceSubrange(10..<(names.count - 9), with: ["…"]) }
    report.add(
      code, message + ": " + (names + [draft.id]).joined(separator: " → "),
      path: reference?.path ?? draft.path, at: reference?.place ?? draft.place)
  }
}
