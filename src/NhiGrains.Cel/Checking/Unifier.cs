using System.Collections.Immutable;

namespace NhiGrains.Cel.Checking;

/// <summary>Finds out what the variables of signatures stand for; <c>dyn</c> fits everywhere (Language Definition, <i>Gradual Type Checking</i>).</summary>
internal sealed class Unifier
{
    private const string KeyPrefix = "$key";

    private ImmutableDictionary<string, CelType> _bindings = ImmutableDictionary.Create<string, CelType>(StringComparer.Ordinal);
    private int _fresh;

    public CelType Fresh() => CelType.Variable($"${_fresh++}");

    /// <summary>
    /// For a key of a map, which is no collection. Could its type say otherwise, types could double with each level, as in
    /// <c>{a: a}</c> with <c>a</c> being such a map: a collection counts as <c>dyn</c> here.
    /// </summary>
    public CelType FreshKey() => CelType.Variable($"{KeyPrefix}{_fresh++}");

    /// <summary>The signature with variables of its own.</summary>
    public (CelType[] Parameters, CelType Result) Instantiate(Overload overload)
    {
        var own = new Dictionary<string, CelType>(StringComparer.Ordinal);
        CelType Rename(CelType type)
        {
            if (!type.IsVariable)
                return type.Parameters.Length == 0 ? type : type.With([.. type.Parameters.ToArray().Select(Rename)]);
            if (!own.TryGetValue(type.Name, out var renamed))
                own[type.Name] = renamed = Fresh();
            return renamed;
        }

        return ([.. overload.Parameters.Select(Rename)], Rename(overload.Result));
    }

    /// <summary>What is known now, to come back to it with <see cref="Restore"/>.</summary>
    public ImmutableDictionary<string, CelType> Save() => _bindings;

    public void Restore(ImmutableDictionary<string, CelType> saved) => _bindings = saved;

    /// <summary>Whether each argument fits its parameter; if not, nothing is bound.</summary>
    public bool Fits(ReadOnlySpan<CelType> parameters, ReadOnlySpan<CelType> arguments)
    {
        if (parameters.Length != arguments.Length)
            return false;
        var before = _bindings;
        for (var i = 0; i < parameters.Length; i++)
        {
            if (Assign(parameters[i], arguments[i]))
                continue;
            _bindings = before;
            return false;
        }

        return true;
    }

    public bool Fits(CelType parameter, CelType argument) => Fits([parameter], [argument]);

    /// <summary>The type with everything known filled in. What stays open becomes <c>dyn</c> if <paramref name="final"/>.</summary>
    public CelType Resolve(CelType type, bool final = false)
    {
        if (type.IsVariable)
            return _bindings.TryGetValue(type.Name, out var bound) ? Resolve(bound, final) : final ? CelType.Dyn : type;
        return type.Parameters.Length == 0 ? type : type.With([.. type.Parameters.ToArray().Select(p => Resolve(p, final))]);
    }

    /// <summary>The type of a list of both: the more general one if they fit, otherwise <c>dyn</c>.</summary>
    public CelType Join(CelType? a, CelType b)
    {
        if (a is null)
            return b;
        if (!Fits(a, b))
            return CelType.Dyn;
        return IsAtLeastAsGeneral(Resolve(a), Resolve(b)) ? a : b;
    }

    private bool Assign(CelType to, CelType from)
    {
        if (to.IsVariable && _bindings.TryGetValue(to.Name, out var bound))
        {
            if (!Assign(bound, from))
                return false;
            if (!bound.IsVariable && !Occurs(to.Name, from) && !from.IsVariable && IsAtLeastAsGeneral(Resolve(from), Resolve(bound)))
                _bindings = _bindings.SetItem(to.Name, from);
            return true;
        }

        if (from.IsVariable && _bindings.TryGetValue(from.Name, out var source))
            return Assign(to, source);
        if (to.IsVariable)
            return Bind(to, from);
        if (from.IsVariable)
            return Bind(from, to);
        if (to.IsDyn || from.IsDyn)
            return true;
        if (from.Kind == CelKind.Null && to.Kind is CelKind.Timestamp or CelKind.Duration)
            return true;
        // All types are of one type: type(1) == type('a') is a question one may ask.
        return to.Kind == from.Kind && (to.Kind == CelKind.Type || Parts(to.Parameters, from.Parameters));
    }

    private bool Parts(ReadOnlySpan<CelType> to, ReadOnlySpan<CelType> from)
    {
        for (var i = 0; i < Math.Min(to.Length, from.Length); i++)
        {
            if (!Assign(to[i], from[i]))
                return false;
        }

        return true;
    }

    private bool Bind(CelType variable, CelType type)
    {
        if (type == variable)
            return true;
        if (IsKey(variable) && type.IsVariable && !IsKey(type))
            return Bind(type, variable);
        if (IsKey(variable) && type.Parameters.Length > 0)
            type = CelType.Dyn;
        if (Occurs(variable.Name, type))
            return false;
        _bindings = _bindings.SetItem(variable.Name, type);
        return true;
    }

    private static bool IsKey(CelType variable) => variable.Name.StartsWith(KeyPrefix, StringComparison.Ordinal);

    private bool Occurs(string variable, CelType type)
    {
        if (type.IsVariable)
            return type.Name == variable || (_bindings.TryGetValue(type.Name, out var bound) && Occurs(variable, bound));
        foreach (var parameter in type.Parameters)
        {
            if (Occurs(variable, parameter))
                return true;
        }

        return false;
    }

    private static bool IsAtLeastAsGeneral(CelType a, CelType b)
    {
        if (a.IsDyn || a.IsVariable)
            return true;
        if (b.IsDyn || b.IsVariable || a.Kind != b.Kind || a.Parameters.Length != b.Parameters.Length)
            return false;
        for (var i = 0; i < a.Parameters.Length; i++)
        {
            if (!IsAtLeastAsGeneral(a.Parameters[i], b.Parameters[i]))
                return false;
        }

        return true;
    }
}
