@main
struct Cortex {
    static func main() async {}
}
