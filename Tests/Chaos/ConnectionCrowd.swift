import SwellPostgres

/// Others, who take every connection that there is.
actor ConnectionCrowd {
  private let url: String
  private var held: [PostgresConnection] = []
  private var hasLeft = false

  init(url: String) {
    self.url = url + "&application_name=crowd"
  }

  var count: Int { held.count }

  /// Connects until the server refuses.
  func fill() async {
    held.removeAll { !$0.isUsable }
    while !hasLeft, held.count < 200 {
      guard
        let connection = try? await PostgresConnection.connect(
          PostgresConfiguration(url), on: Reactor.shared(), within: .seconds(2))
      else { return }
      held.append(connection)
    }
  }

  func leave() async {
    hasLeft = true
    for connection in held { await connection.close() }
    held = []
  }
}
