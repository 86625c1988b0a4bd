using CsCheck;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;

namespace NhiGrains.Domain.Tests.Grants;

/// <summary>Promise 4, over random histories, against a model that is nothing but a list of intervals.</summary>
public class UnionProperties
{
    private const int Sequences = 100_000;

    private enum Step
    {
        Request,
        Renew,
        Revoke,
        Expire,
        Suspend,
        Resume,
    }

    private static readonly Gen<(Step, int Which, int Seconds)[]> Histories =
        Gen.Select(Gen.Enum<Step>(), Gen.Int[0, 5], Gen.Int[1, 60]).Array[1, 24];

    [Fact]
    public void Effective_access_is_the_union_of_what_is_alive() =>
        Histories.Sample(history => Holds(history), iter: Sequences);

    private static bool Holds((Step Step, int Which, int Seconds)[] history)
    {
        var identity = Some.Identity;
        var model = new Model();
        var now = Some.Noon;
        foreach (var (step, which, seconds) in history)
        {
            identity = Apply(identity, model, step, $"g{which}", TimeSpan.FromSeconds(seconds), now);
            if (!Same(identity, model, now))
                return false;
            now += TimeSpan.FromSeconds(seconds / 4);
            // Whether or not a timer has fired yet, access is what is alive now.
            if (!Same(identity, model, now) || !Same(identity.Expire(now), model, now))
                return false;
        }

        return true;
    }

    private static Identity Apply(Identity identity, Model model, Step step, string id, TimeSpan lifetime, DateTimeOffset now)
    {
        var entitlement = Some.Entitlement(id);
        var result = step switch
        {
            Step.Request => identity.Add(Some.Granted(id, lifetime, now, entitlement)),
            Step.Renew => identity.Renew(id, Some.Permit(lifetime, entitlement), now),
            Step.Revoke => identity.Revoke(id, RevocationReason.RevokedByRequest, now),
            Step.Suspend => identity.Suspend(),
            Step.Resume => identity.Resume(),
            _ => identity.Expire(now),
        };
        model.Apply(step, id, now, lifetime);
        return result.IsOk ? result.Value : identity;
    }

    private static bool Same(Identity identity, Model model, DateTimeOffset now) =>
        identity.AccessAt(now).Select(e => e.Source).ToHashSet(StringComparer.Ordinal).SetEquals(model.Alive(now));

    private sealed class Model
    {
        private readonly Dictionary<string, DateTimeOffset> _ends = new(StringComparer.Ordinal);
        private bool _suspended;

        public void Apply(Step step, string id, DateTimeOffset now, TimeSpan lifetime)
        {
            var known = _ends.TryGetValue(id, out var end);
            if (step == Step.Suspend)
                _suspended = true;
            else if (step == Step.Resume)
                _suspended = false;
            else if (step == Step.Request && !known && !_suspended)
                _ends[id] = now + lifetime;
            else if (step == Step.Renew && known && !_suspended && now < end)
                _ends[id] = end > now + lifetime ? end : now + lifetime;
            else if (step == Step.Revoke && known && now < end)
                _ends[id] = now;
        }

        public IEnumerable<string> Alive(DateTimeOffset now) =>
            _suspended ? [] : _ends.Where(pair => now < pair.Value).Select(pair => pair.Key);
    }
}
