import CEL

/// One expression, what it is evaluated over, and what came of it.
struct Trial {
  var variables: [CELVariable] = []
  /// JSON by the names of the variables.
  var documents: [String: String] = [:]
  var limits = CELLimits()
  var options = CELOptions()

  static let plain = Trial()

  /// Over JSON, with variables whose types are not known.
  static func over(_ documents: [String: String]) -> Trial {
    Trial(variables: documents.keys.sorted().map { CELVariable($0) }, documents: documents)
  }

  var environment: CELEnvironment {
    CELEnvironment(variables, limits: limits, options: options)
  }

  func bindings() throws -> CELBindings {
    var bindings = CELBindings(environment)
    for (name, text) in documents { bindings[name] = try JSONDocument(text).root }
    return bindings
  }

  func value(_ source: String) throws -> CELValue {
    try environment.compile(source).evaluate(try bindings())
  }

  /// The value as JSON, or the code of what went wrong.
  func result(_ source: String) -> String {
    do {
      return String(decoding: try value(source).json(), as: UTF8.self)
    } catch let problems as CELProblems {
      return problems.all[0].code.rawValue
    } catch let error as CELError {
      return error.code.rawValue
    } catch {
      return "\(error)"
    }
  }

  /// The error of the evaluation, or the first problem of the text.
  func error(_ source: String) -> CELError? {
    do {
      _ = try value(source)
      return nil
    } catch let problems as CELProblems {
      return problems.all[0]
    } catch {
      return error as? CELError
    }
  }

  func problems(_ source: String) -> [CELError] {
    do {
      _ = try environment.compile(source)
      return []
    } catch {
      return error.all
    }
  }
}
