import Swell

/// A greeter: one workflow of two nodes (hello.yaml), a worker with a handler for each, and a run.
///
/// In one terminal `swell dev`, then in two others in the same folder:
///
///     DATABASE_URL="$(cat .swell/database-url)" swift run HelloSwell work
///     DATABASE_URL="$(cat .swell/database-url)" swift run HelloSwell greet World
@main
struct HelloSwell {
  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst()
    switch arguments.first {
    case "work": try await work()
    case "greet": try await enqueue(name: arguments.dropFirst().first ?? "World")
    default: print("usage: HelloSwell work | greet NAME")
    }
  }

  /// Works until Ctrl-C. Start as many of these as you like.
  static func work() async throws {
    var worker = SwellWorker(database: Database.configuration)
    worker.handle("greet") { (person: Person, context) in
      Greeting(text: "Hello, \(person.name)!")
    }
    worker.handle("shout") { (greeting: Greeting, context) in
      context.logger.info("\(greeting.text.uppercased())")
      return Greeting(text: greeting.text.uppercased())
    }
    try await worker.run()
  }

  /// Stores the workflow (the same content is the same version) and enqueues one run of it.
  static func enqueue(name: String) async throws {
    let client = try SwellClient(Database.configuration)
    try await client.apply(try WorkflowDefinition.parse(PackageResources.hello_yaml))
    let run = try await client.enqueue("hello", input: Person(name: name))
    print(run)
    await client.close()
  }
}
