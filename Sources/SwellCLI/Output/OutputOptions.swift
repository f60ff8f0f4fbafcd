import ArgumentParser

/// How an answer is printed.
struct OutputOptions: ParsableArguments {
  @Flag(name: .customLong("json"), help: "Print JSON: one document, or one object a line.")
  var isJSON = false
}
