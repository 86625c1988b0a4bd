using CsCheck;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;

namespace NhiGrains.Domain.Tests.Grants;

/// <summary>
/// Promise 4, over random histories of an intent and of grants that overlap in their resources and verbs, against a model that
/// is nothing but a list of intervals.
/// </summary>
public class UnionProperties
{
    private const int Sequences = 100_000;
    private const string Intent = "intent";

    private static readonly string[] Resources = ["prices", "stock"];
    private static readonly Verb[] Verbs = [Verb.Read, Verb.List, Verb.Write];

    private enum Step
    {
        Request,
        Renew,
        Revoke,
        Expire,
        Suspend,
        Resume,
        SetIntent,
        ClearIntent,
    }

    // Two resources and all sets of three verbs: most pairs of grants have something in common.
    private static readonly Gen<Entitlement> Asked =
        Gen.Select(Gen.Bool, Gen.Int[1, 7], (first, verbs) => Some.Entitlement(Resources[first ? 0 : 1], VerbsOf(verbs)));

    private static readonly Gen<(Step, int Which, int Seconds, Entitlement[] Asked)[]> Histories =
        Gen.Select(Gen.Enum<Step>(), Gen.Int[0, 5], Gen.Int[1, 60], Asked.Array[1, 2]).Array[1, 24];

    [Fact]
    public void Effective_access_is_the_union_of_what_is_alive() =>
        Histories.Sample(history => Holds(history), iter: Sequences);

    private static bool Holds((Step Step, int Which, int Seconds, Entitlement[] Asked)[] history)
    {
        var identity = Some.Identity;
        var model = new Model();
        var now = Some.Noon;
        foreach (var (step, which, seconds, asked) in history)
        {
            identity = Apply(identity, model, step, $"g{which}", TimeSpan.FromSeconds(seconds), asked, now);
            if (!Same(identity, model, now))
                return false;
            now += TimeSpan.FromSeconds(seconds / 4);
            // Whether or not a timer has fired yet, access is what is alive now.
            if (!Same(identity, model, now) || !Same(identity.Expire(now), model, now))
                return false;
        }

        return true;
    }

    private static Identity Apply(Identity identity, Model model, Step step, string id, TimeSpan lifetime, Entitlement[] asked, DateTimeOffset now)
    {
        var result = step switch
        {
            Step.Request => identity.Add(Some.Granted(id, lifetime, now, asked)),
            Step.Renew => identity.Renew(id, Some.Permit(lifetime, asked), [], "ada", now),
            Step.Revoke => identity.Revoke(id, RevocationReason.RevokedByRequest, now),
            Step.Suspend => identity.Suspend(),
            Step.Resume => identity.Resume(now),
            Step.SetIntent => identity.SetIntent(new(asked, Some.Permit(TimeSpan.Zero, asked)), now),
            Step.ClearIntent => identity.SetIntent(Identities.Intent.Empty, now),
            _ => identity.Expire(now),
        };
        model.Apply(step, id, now, lifetime, asked);
        return result.IsOk ? result.Value : identity;
    }

    // Who gives what, and so what all of them give together; and what is wanted of the platform is the same.
    private static bool Same(Identity identity, Model model, DateTimeOffset now)
    {
        var alive = model.Alive(now);
        return Given(identity.AccessAt(now)) == alive && Given(identity.DesiredOn(Some.Platform, now)?.Entitlements ?? []) == alive;
    }

    private static ulong Given(IEnumerable<DesiredEntitlement> access) =>
        access.Aggregate(0UL, (all, one) => all | Given(one.Source, [one.Entitlement]));

    // One bit for each source, resource and verb.
    private static ulong Given(string source, IEnumerable<Entitlement> entitlements)
    {
        var first = (source == Intent ? 0 : 1 + source[1] - '0') * Resources.Length * Verbs.Length;
        var bits = 0UL;
        foreach (var entitlement in entitlements)
            foreach (var resource in entitlement.Resources)
                foreach (var verb in entitlement.Verbs)
                    bits |= 1UL << (first + (Array.IndexOf(Resources, resource.Name) * Verbs.Length) + Array.IndexOf(Verbs, verb));
        return bits;
    }

    private static Verb[] VerbsOf(int bits) => [.. Verbs.Where((_, index) => (bits & (1 << index)) != 0)];

    private sealed class Model
    {
        private readonly Dictionary<string, (DateTimeOffset End, Entitlement[] Given)> _grants = new(StringComparer.Ordinal);
        private Entitlement[] _intent = [];
        private bool _suspended;

        public void Apply(Step step, string id, DateTimeOffset now, TimeSpan lifetime, Entitlement[] asked)
        {
            var known = _grants.TryGetValue(id, out var grant);
            if (step == Step.Suspend)
                _suspended = true;
            else if (step == Step.Resume)
                _suspended = false;
            else if (step is Step.SetIntent or Step.ClearIntent && !_suspended)
                _intent = step == Step.SetIntent ? asked : [];
            else if (step == Step.Request && !known && !_suspended)
                _grants[id] = (now + lifetime, asked);
            else if (step == Step.Renew && known && !_suspended && now < grant.End)
                _grants[id] = (grant.End > now + lifetime ? grant.End : now + lifetime, grant.Given);
            else if (step == Step.Revoke && known && now < grant.End)
                _grants[id] = (now, grant.Given);
        }

        public ulong Alive(DateTimeOffset now) => _suspended
            ? 0
            : _grants.Where(pair => now < pair.Value.End).Aggregate(UnionProperties.Given(Intent, _intent), (all, pair) => all | UnionProperties.Given(pair.Key, pair.Value.Given));
    }
}
