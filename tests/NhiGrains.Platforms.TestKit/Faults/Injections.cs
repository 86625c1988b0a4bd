namespace NhiGrains.Platforms.TestKit.Faults;

/// <summary>The faults that were asked for and have not yet happened often enough.</summary>
internal sealed class Injections
{
    private readonly Lock _lock = new();
    private readonly List<Injection> _injections = [];

    public IDisposable Add(Fault fault, Func<PassedRequest, bool> when, int times)
    {
        var injection = new Injection(this, fault, when) { Left = times };
        lock (_lock)
            _injections.Add(injection);
        return injection;
    }

    /// <summary>What happens to the request, which counts as having happened; null: nothing.</summary>
    public Fault? Take(PassedRequest request)
    {
        lock (_lock)
        {
            var injection = _injections.FirstOrDefault(candidate => candidate.Left > 0 && candidate.When(request));
            if (injection is not null)
                injection.Left--;
            return injection?.Fault;
        }
    }

    private sealed class Injection(Injections all, Fault fault, Func<PassedRequest, bool> when) : IDisposable
    {
        public Fault Fault => fault;

        public Func<PassedRequest, bool> When => when;

        public int Left { get; set; }

        public void Dispose()
        {
            lock (all._lock)
                all._injections.Remove(this);
        }
    }
}
