import CEL
import Testing

/// What is wrong whatever the values are is found before any evaluation.
struct CheckerTests {
  private let trial = Trial(variables: [
    CELVariable("input"), CELVariable("total", .int), CELVariable("name", .string),
    CELVariable("tags", .list(.string)), CELVariable("ages", .map(.string, .int)), "$error",
  ])

  @Test(arguments: [
    ("inptu.a", "unknown_variable", "did you mean 'input'?"),
    ("sise(name)", "unknown_function", "did you mean 'size'?"),
    ("name.startWith('a')", "unknown_function", "did you mean 'startsWith'?"),
    ("startsWith(name, 'a')", "unknown_function", "write x.startsWith"),
    ("name.exists(x)", "unknown_function", "(x, condition)"),
    ("math.absolute(1)", "unknown_function", "unknown function 'math.absolute'"),
    (
      "name.substring()", "argument_count",
      "string.substring(string, int)".replacing("string, int", with: "int")
    ),
    ("size(1)", "no_such_overload", "size(string)"), ("name + 1", "no_such_overload", "string()"),
    ("total && true", "no_such_overload", "needs a bool"),
    ("!name", "no_such_overload", "needs a bool"),
    ("name == 1", "no_such_overload", "never equal"), ("name < 1", "no_such_overload", "'<'"),
    ("1 in tags", "no_such_overload", "'in'"), ("total.x", "no_such_overload", "needs a map"),
    ("tags['a']", "no_such_overload", "index of a list"),
    ("ages[true]", "no_such_overload", "keys of this map"),
    ("total.map(x, x)", "no_such_overload", "goes over a list or a map"),
    ("name ? 1 : 2", "no_such_overload", "before '?'"), ("-name", "no_such_overload", "'-'"),
    ("{1.5: 1}", "no_such_overload", "a key is"),
    ("tags.filter(t, t)", "no_such_overload", "condition of filter()"),
    ("name.matches('a{2')" + " && name.matches('(a')", "invalid_regex", "no ')'"),
  ])
  func `what cannot work is found without values`(_ item: (String, String, String)) throws {
    let problem = try #require(trial.problems(item.0).first, "\(item.0)")
    #expect(problem.code.rawValue == item.1, "\(item.0): \(problem)")
    #expect(problem.message.contains(item.2), "\(item.0): \(problem)")
    #expect(problem.place != nil)
  }

  @Test func `all problems are given at once and in their order`() {
    let problems = trial.problems("nope + name.foo() + (total ? 1 : 2) + size(1, 2)")
    #expect(
      problems.map(\.code) == [.unknownVariable, .unknownFunction, .noSuchOverload, .argumentCount])
    #expect(problems.map { $0.place?.column ?? 0 } == [1, 13, 22, 39])
  }

  @Test(arguments: [
    ("total + 1", CELType.int), ("total > 1", .bool), ("input.a", .dyn),
    ("tags.map(t, size(t))", .list(.int)),
    ("tags[0]", .string), ("ages.x", .int), ("ages.?x", .optional(.int)),
    ("ages.?x.orValue(1)", .int),
    ("[1, 'a']", .list(.dyn)), ("{'a': 1.5}", .map(.string, .double)), ("true ? 1 : 2", .int),
    ("true ? 1 : 'a'", .dyn), ("name.split(',')", .list(.string)), ("total * 2.5", .double),
    ("tags.filter(t, t != '')", .list(.string)),
    ("ages.transformMap(k, v, string(v))", .map(.string, .string)),
    ("type(1)", .type), ("timestamp(name) - timestamp(name)", .duration), ("$error.message", .dyn),
    ("[1, 2].sum()", .int), ("cel.bind(x, 1, x + 1)", .int), ("math.round(total)", .double),
  ])
  func `the type of the result is known where it can be`(_ item: (String, CELType)) throws {
    #expect(try trial.environment.compile(item.0).type == item.1, "\(item.0)")
  }

  @Test func `values of unknown types are let through`() {
    #expect(
      trial.problems("input.a + 1 > 2 && input.b.startsWith(input.c) && input[input.d]").isEmpty)
  }

  @Test func `names with a dollar sign are variables`() {
    var trial = Trial.over(["$error": #"{"message": "m"}"#, "$primaryInput": "[1]"])
    trial.options.promotesNumbers = true
    #expect(trial.result("$error.message + string($primaryInput[0])") == "\"m1\"")
    #expect(trial.error("$ + 1")?.code == .syntax)
  }

  @Test func `without the check an unknown name is an error of the evaluation`() throws {
    var trial = Trial.plain
    trial.options.isChecked = false
    #expect(trial.result("nope || true") == "true")
    #expect(trial.result("nope") == "unknown_variable")
    #expect(trial.result("nope() || true") == "true")
  }
}
