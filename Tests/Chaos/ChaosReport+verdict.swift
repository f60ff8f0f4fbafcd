extension ChaosReport {
  mutating func take(_ verdict: ChaosVerdict, figures more: [String: Double]) {
    lost = verdict.lost.count
    doubled = verdict.doubled.count
    stranded = verdict.stranded.count
    runs = verdict.runs
    resumedMilliseconds = verdict.resumed.max()
    figures = more
    if verdict.resumed.count > 1 {
      figures["faults"] = Double(verdict.resumed.count)
      figures["resumed_p50_ms"] = Self.percentile(50, of: verdict.resumed)
      figures["resumed_p99_ms"] = Self.percentile(99, of: verdict.resumed)
    }
    if !verdict.allResumed.isEmpty {
      figures["all_resumed_p50_ms"] = Self.percentile(50, of: verdict.allResumed)
      figures["all_resumed_p99_ms"] = Self.percentile(99, of: verdict.allResumed)
    }
    if verdict.overBudget > 0 { figures["over_crash_budget"] = Double(verdict.overBudget) }
    for (kind, list) in [
      ("lost", verdict.lost), ("doubled", verdict.doubled), ("stranded", verdict.stranded),
      ("violated", verdict.violations),
    ] {
      findings += list.prefix(10).map { "\(kind): \($0)" }
      if list.count > 10 { findings.append("\(kind): and \(list.count - 10) more") }
    }
  }

  /// The nearest-rank percentile.
  static func percentile(_ percent: Int, of values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return 0 }
    return sorted[max(0, (sorted.count * percent + 99) / 100 - 1)]
  }
}
