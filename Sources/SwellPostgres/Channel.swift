/// What the reactor watches a socket for. Called on the reactor's thread only.
protocol Channel: AnyObject, Sendable {
  /// The socket may be readable or writable, or has ended.
  func ready()
  /// The reactor stops: let go of the socket.
  func reactorStopped()
}
