using System.Numerics;
using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Domain.Policies;

/// <summary>
/// Which rules can match at all, by what most rules name: the kind, the environment, the platform and the container of resources. A
/// set of rules is a row of bits, so that a thousand rules are sixteen numbers.
/// </summary>
internal sealed class RuleIndex
{
    private readonly CompiledRule[] _rules;
    private readonly Column _kinds;
    private readonly Column _environments;
    private readonly Column _platforms;
    private readonly Column _containers;

    public RuleIndex(CompiledRule[] rules)
    {
        _rules = rules;
        _kinds = new(rules, rule => rule.Match.Kinds?.Select(kind => kind.ToString()));
        _environments = new(rules, rule => rule.Match.Environments);
        _platforms = new(rules, rule => rule.Match.Platforms);
        _containers = new(rules, rule => rule.Match.ResourcePrefix is { } prefix && prefix.Contains('/') ? [FirstOf(prefix)] : null);
    }

    public IEnumerable<CompiledRule> Candidates(Question question)
    {
        var kinds = _kinds.Of(question.Input.Kind.ToString());
        var environments = _environments.Of(question.Input.Environment);
        var platforms = _platforms.Of(question.Entitlement.Platform);
        var containers = ContainersOf(question.Entitlement.Resources);
        for (var word = 0; word < kinds.Length; word++)
        {
            for (var bits = kinds[word] & environments[word] & platforms[word] & (containers?[word] ?? ulong.MaxValue); bits != 0; bits &= bits - 1)
                yield return _rules[(word * 64) + BitOperations.TrailingZeroCount(bits)];
        }
    }

    // What a resource and a prefix have in common begins with the container, unless the resource is a container itself.
    private ulong[]? ContainersOf(IReadOnlyList<ResourceSelector> resources)
    {
        if (resources.Count == 0 || resources.Any(resource => resource.Container.Length == 0))
            return null;
        return resources.Count == 1
            ? _containers.Of(FirstOf(resources[0].Container))
            : resources.Select(resource => _containers.Of(FirstOf(resource.Container))).Aggregate((all, one) => [.. all.Zip(one, (a, b) => a | b)]);
    }

    private static string FirstOf(string path) => path.IndexOf('/') is var end and >= 0 ? path[..end] : path;

    /// <summary>For each value that a rule names, the rules that match it: those that name it, and those that name none.</summary>
    private sealed class Column
    {
        private readonly Dictionary<string, ulong[]> _byValue = new(StringComparer.Ordinal);
        private readonly ulong[] _unnamed;

        public Column(CompiledRule[] rules, Func<CompiledRule, IEnumerable<string>?> named)
        {
            var words = (rules.Length + 63) / 64;
            _unnamed = new ulong[words];
            for (var index = 0; index < rules.Length; index++)
            {
                if (named(rules[index]) is null)
                    Set(_unnamed, index);
            }

            for (var index = 0; index < rules.Length; index++)
            {
                foreach (var value in named(rules[index]) ?? [])
                {
                    if (!_byValue.TryGetValue(value, out var bits))
                        _byValue[value] = bits = [.. _unnamed];
                    Set(bits, index);
                }
            }
        }

        public ulong[] Of(string value) => _byValue.GetValueOrDefault(value, _unnamed);

        private static void Set(ulong[] bits, int index) => bits[index / 64] |= 1UL << (index % 64);
    }
}
