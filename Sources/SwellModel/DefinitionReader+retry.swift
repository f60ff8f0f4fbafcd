extension DefinitionReader {
  private static let retryKeys = DefinitionLanguage.retry.names

  /// `none`, or an object whose keys fit its strategy.
  mutating func retry(_ value: LocatedValue, path: String) -> RetryPolicy? {
    if value.string == "none" { return RetryPolicy.none }
    guard let object = value.object else {
      report.add(
        "wrong_type",
        "\(path) must be none or an object such as {strategy: fixed, delay: 1s}, not "
          + value.description, path: path, at: value.place)
      return nil
    }
    report.checkKeys(of: object, known: Self.retryKeys, path: path, owner: path)
    var strategy = RetryPolicy.Strategy.exponential
    if let value = object["strategy"] {
      guard
        let choice = report.choice(value, of: RetryPolicy.Strategy.self, path: path + ".strategy")
      else { return nil }
      strategy = choice
    }
    checkFit(object, strategy, path: path)

    var policy: RetryPolicy
    switch strategy {
    case .none: return RetryPolicy.none
    case .fixed:
      policy = .fixed(delay: .zero)
      if let value = object["delay"] {
        policy.baseDelay = report.duration(value, path: path + ".delay") ?? .zero
        policy.maxDelay = policy.baseDelay
      } else {
        report.add("missing_key", "a fixed retry needs 'delay'", path: path, at: value.place)
      }
    case .exponential:
      policy = .exponential()
      if let value = object["baseDelay"] {
        policy.baseDelay = report.duration(value, path: path + ".baseDelay") ?? policy.baseDelay
        policy.maxDelay = max(policy.maxDelay, policy.baseDelay)
      }
      if let value = object["maxDelay"],
        let longest = report.duration(value, path: path + ".maxDelay")
      {
        policy.maxDelay = longest
        if longest < policy.baseDelay {
          report.add(
            "out_of_range", "\(path).maxDelay is shorter than baseDelay", path: path + ".maxDelay",
            at: value.place)
        }
      }
      if let value = object["multiplier"] {
        if let number = value.double, number >= 1, number <= 100 {
          policy.multiplier = number
        } else {
          report.add(
            "out_of_range", "\(path).multiplier must be a number from 1 to 100",
            path: path + ".multiplier", at: value.place)
        }
      }
    }
    if let value = object["maxRetries"] {
      policy.maxRetries = int(value, in: 0...1000, path: path + ".maxRetries") ?? 0
    }
    if let value = object["jitter"] {
      policy.jitter =
        report.choice(value, of: RetryPolicy.Jitter.self, path: path + ".jitter") ?? .none
    }
    return policy
  }

  /// Reports keys that the strategy would silently ignore.
  private mutating func checkFit(
    _ object: LocatedObject, _ strategy: RetryPolicy.Strategy, path: String
  ) {
    let fitting = DefinitionLanguage.retryKeys(for: strategy)
    for member in object.members
    where Self.retryKeys.contains(member.key) && !fitting.contains(member.key) {
      report.add(
        "retry_key", "'\(member.key)' means nothing to the strategy \(strategy)",
        path: path + "." + member.key, at: member.keyPlace)
    }
  }
}
