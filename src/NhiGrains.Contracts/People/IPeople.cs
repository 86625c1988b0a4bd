using NhiGrains.Domain.People;

namespace NhiGrains.Contracts.People;

/// <summary>Where it is known who is in which group.</summary>
public interface IPeople
{
    /// <summary>As it is now. An exception when that is not known: nobody is taken for a member then (promise 8).</summary>
    Task<PeopleDirectory> Current();
}
