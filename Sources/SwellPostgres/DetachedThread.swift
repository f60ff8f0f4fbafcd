import CLibpq

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A thread outside the cooperative pool, for what blocks.
package enum DetachedThread {
  private final class Start: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }

  /// Runs `body` on a new thread; false when the system has none left.
  package static func run(_ name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
    let start = Unmanaged.passRetained(Start(name: name, body: body))
    #if canImport(Darwin)
      var thread: pthread_t?
      let status = pthread_create(&thread, nil, { Self.enter($0) }, start.toOpaque())
      guard status == 0, let thread else {
        start.release()
        return false
      }
    #else
      var thread = pthread_t()
      let status = pthread_create(&thread, nil, { Self.enter($0) }, start.toOpaque())
      guard status == 0 else {
        start.release()
        return false
      }
    #endif
    pthread_detach(thread)
    return true
  }

  private static func enter(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
    #if canImport(Darwin)
      pthread_setname_np(start.name)
    #else
      swell_name_thread(start.name)
    #endif
    start.body()
    return nil
  }
}
