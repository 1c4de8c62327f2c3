/** What a case says of the staff who hold it, and of those who must have no part in it. */
export interface StaffOnCase {
  readonly handlerId?: string | undefined;
  readonly investigatorId?: string | undefined;
  /** Staff who declared a conflict or were recused: they act on this case no more. */
  readonly recused: readonly string[];
  /** Staff who turned out to be a party, once each. */
  readonly implicated?: readonly string[] | undefined;
}

const left = ({ handlerId, investigatorId }: StaffOnCase, staffId: string) => ({
  handlerId: handlerId === staffId ? undefined : handlerId,
  investigatorId: investigatorId === staffId ? undefined : investigatorId,
});

export const steppedAside = (file: StaffOnCase, staffId: string): StaffOnCase => ({
  ...left(file, staffId),
  recused: [...file.recused, staffId],
});

export const implicated = (file: StaffOnCase, staffId: string): Partial<StaffOnCase> => ({
  ...left(file, staffId),
  implicated: [...new Set([...(file.implicated ?? []), staffId])],
});
