namespace NhiGrains.Sandbox.Clock;

/// <summary>
/// State of a platform that is read later than it was written, as in a cloud whose writes spread: readers get the newest value
/// that is old enough. A value is immutable; writes are made one at a time on the newest.
/// </summary>
/// <param name="visibleAfter">How old a write has to be until readers get it; asked at each read.</param>
public sealed class Replicated<T>(T initial, TimeProvider clock, Func<TimeSpan> visibleAfter)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<(DateTimeOffset At, T Value)> _versions = new([(DateTimeOffset.MinValue, initial)]);

    /// <summary>What the next write builds on.</summary>
    public T Newest
    {
        get
        {
            lock (_lock)
                return _versions.Last!.Value.Value; // There is always one.
        }
    }

    /// <summary>What a reader gets.</summary>
    public T Visible
    {
        get
        {
            var now = clock.GetUtcNow();
            var until = now - visibleAfter();
            lock (_lock)
            {
                // What seems to be written later than now was written before the clock was set back.
                while (_versions.First!.Next is { } next && (next.Value.At <= until || next.Value.At > now)) // There is always one.
                    _versions.RemoveFirst();
                return _versions.First.Value.Value;
            }
        }
    }

    /// <summary>Makes the next value from the newest one, and says what the writer wants to know of it.</summary>
    /// <remarks>Nothing is written when <paramref name="change"/> throws.</remarks>
    public TAnswer Write<TAnswer>(Func<T, (T Next, TAnswer Answer)> change)
    {
        lock (_lock)
        {
            var (next, answer) = change(_versions.Last!.Value.Value); // There is always one.
            _versions.AddLast((clock.GetUtcNow(), next));
            return answer;
        }
    }
}
