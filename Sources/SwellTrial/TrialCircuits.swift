import SwellCore
import SwellModel

/// The circuits that the nodes of a trial share, as the database keeps them for all workers.
struct TrialCircuits {
  private var rules: [String: CircuitRule] = [:]
  private(set) var board = CircuitBoard()

  init(open: [String: Duration], now: Moment) {
    for (name, span) in open {
      put(
        CircuitRule(
          consecutiveFailures: CircuitRule.threshold, openedAt: now, openUntil: now + span), name)
    }
  }

  /// Counts what the attempts of one record showed.
  mutating func count(_ events: [Changes.CircuitEvent], now: Moment) {
    var batches: [String: (failures: Int, succeeded: Bool)] = [:]
    for event in events {
      var batch = batches[event.circuit] ?? (0, false)
      batch = event.succeeded ? (0, true) : (batch.failures + 1, batch.succeeded)
      batches[event.circuit] = batch
    }
    for (name, batch) in batches {
      var rule = rules[name] ?? CircuitRule()
      rule.count(failures: batch.failures, succeeded: batch.succeeded, now: now)
      put(rule, name)
    }
  }

  /// Whether an attempt may try a circuit whose time has passed: the first one that asks.
  mutating func mayTry(_ name: String, now: Moment) -> Bool {
    guard var rule = rules[name], let until = rule.openUntil else { return true }
    guard until <= now else { return false }
    rule.openUntil = now + CircuitRule.openPeriod
    put(rule, name)
    return true
  }

  private mutating func put(_ rule: CircuitRule, _ name: String) {
    rules[name] = rule
    if rule.consecutiveFailures > 0 {
      board.failing[name] = .some(rule.openUntil)
    } else {
      board.failing.removeValue(forKey: name)
    }
  }
}
